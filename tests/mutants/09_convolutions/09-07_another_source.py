"""Draws its numbers from a source of its own.

breaks: 09-07-conv2d-init
hidden: yes
"""
#| exporti
@method_of(Conv2d)
def __init__(self, in_channels, out_channels, kernel_size, stride=1, padding=0, bias=True):
    if min(in_channels, out_channels, kernel_size, stride) < 1 or padding < 0:
        raise ValueError(f"{in_channels}, {out_channels}, {kernel_size}, {stride} and {padding} make no Conv2d")
    fan_in = in_channels * kernel_size * kernel_size
    rng, bound = np.random.default_rng(), fan_in**-0.5
    shape = (out_channels, in_channels, kernel_size, kernel_size)
    self.weight = Tensor(rng.uniform(-bound, bound, shape).astype(np.float32), requires_grad=True)
    self.bias = Tensor(rng.uniform(-bound, bound, out_channels).astype(np.float32), requires_grad=True) if bias else None
    self.stride, self.padding = stride, padding
