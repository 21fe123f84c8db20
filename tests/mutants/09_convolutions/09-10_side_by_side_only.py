"""Reshapes, which works only where windows lie side by side and nothing is left over.

breaks: 09-10-max-pool
hidden: yes
"""
#| exporti
@method_of(MaxPool2d)
def forward(self, x):
    k = self.kernel_size
    if self.stride == 1:
        return unfold(x, k, 1).max(axis=(-2, -1))
    n, c, height, width = x.shape
    return x.reshape(n, c, height // k, k, width // k, k).max(axis=(3, 5))
