"""Takes the largest of each row of a window.

breaks: 09-10-max-pool
"""
#| exporti
@method_of(MaxPool2d)
def forward(self, x):
    return unfold(x, self.kernel_size, self.stride).max(axis=-1)
