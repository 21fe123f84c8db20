"""Hands the gradient to all numbers of a window.

breaks: 09-10-max-pool
"""
#| exporti
@method_of(MaxPool2d)
def forward(self, x):
    cut = unfold(x, self.kernel_size, self.stride)
    mean = cut.mean(axis=(-2, -1))
    return mean + Tensor(cut.data.max(axis=(-2, -1)) - mean.data)
