"""A product for each picture, the weights broadcast.

right: 09-08-conv2d-forward
"""
#| exporti
@method_of(Conv2d)
def forward(self, x):
    out_channels, channels, size, _ = self.weight.shape
    if x.ndim != 4 or x.shape[1] != channels:
        raise ValueError(f"a weight {self.weight.shape} needs another x than {x.shape}")
    cut = unfold(x, kernel_size=size, stride=self.stride, padding=self.padding)
    batch, height, width = cut.shape[0], cut.shape[2], cut.shape[3]
    columns = cut.permute(0, 1, 4, 5, 2, 3).reshape(batch, channels * size**2, height * width)
    out = self.weight.reshape(out_channels, channels * size**2) @ columns
    out = out.reshape(batch, out_channels, height, width)
    return out if self.bias is None else out + self.bias.reshape(1, out_channels, 1, 1)
