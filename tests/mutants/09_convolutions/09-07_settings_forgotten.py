"""Does not keep stride and padding.

breaks: 09-07-conv2d-init
"""
#| exporti
@method_of(Conv2d)
def __init__(self, in_channels, out_channels, kernel_size, stride=1, padding=0, bias=True):
    if min(in_channels, out_channels, kernel_size, stride) < 1 or padding < 0:
        raise ValueError(f"{in_channels}, {out_channels}, {kernel_size}, {stride} and {padding} make no Conv2d")
    fan_in = in_channels * kernel_size * kernel_size
    self.weight = uniform_init((out_channels, in_channels, kernel_size, kernel_size), fan_in)
    self.bias = uniform_init((out_channels,), fan_in) if bias else None
    self.stride, self.padding = 1, 0
