"""Takes the numbers out, and the trace is lost.

breaks: 09-10-max-pool
"""
#| exporti
@method_of(MaxPool2d)
def forward(self, x):
    return Tensor(unfold(x, self.kernel_size, self.stride).data.max(axis=(-2, -1)))
