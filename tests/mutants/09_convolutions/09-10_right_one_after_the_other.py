"""The largest of rows, then of these.

right: 09-10-max-pool
"""
#| exporti
@method_of(MaxPool2d)
def forward(self, x):
    windows_of_x = unfold(x, self.kernel_size, stride=self.stride)
    return windows_of_x.max(axis=-1).max(axis=-1)
