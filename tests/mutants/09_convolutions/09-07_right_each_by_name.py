"""Checks one after the other; the fan-in from the shape.

right: 09-07-conv2d-init
"""
#| exporti
@method_of(Conv2d)
def __init__(self, in_channels, out_channels, kernel_size, stride=1, padding=0, bias=True):
    for name, value in (("in_channels", in_channels), ("out_channels", out_channels), ("kernel_size", kernel_size), ("stride", stride), ("padding", padding)):
        if value < (name != "padding"):
            numbers = (in_channels, out_channels, kernel_size, stride, padding)
            raise ValueError(f"{name} is too small in {numbers}")
    shape = (out_channels, in_channels) + 2 * (kernel_size,)
    self.padding, self.stride = padding, stride
    self.weight = uniform_init(shape, int(np.prod(shape[1:])))
    self.bias = None
    if bias:
        self.bias = uniform_init(shape[:1], int(np.prod(shape[1:])))
