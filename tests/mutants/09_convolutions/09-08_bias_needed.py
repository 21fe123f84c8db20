"""Needs a bias.

breaks: 09-08-conv2d-forward
"""
#| exporti
@method_of(Conv2d)
def forward(self, x):
    out_channels, channels, size, _ = self.weight.shape
    if x.ndim != 4 or x.shape[1] != channels:
        raise ValueError(f"x of shape {x.shape} does not fit a weight of shape {self.weight.shape}")
    cut = unfold(x, size, self.stride, self.padding)
    batch, _, height, width, _, _ = cut.shape
    columns = cut.permute(1, 4, 5, 0, 2, 3).reshape(channels * size * size, batch * height * width)
    out = self.weight.reshape(out_channels, channels * size * size).matmul(columns)
    out = out + self.bias.reshape(out_channels, 1)
    return out.reshape(out_channels, batch, height, width).permute(1, 0, 2, 3)
