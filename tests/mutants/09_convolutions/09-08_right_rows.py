"""Windows as rows, filters as columns.

right: 09-08-conv2d-forward
"""
#| exporti
@method_of(Conv2d)
def forward(self, x):
    filters, channels, k = self.weight.shape[:3]
    if x.ndim != 4 or channels != x.shape[1]:
        raise ValueError(f"{x.shape} and {self.weight.shape} do not fit")
    cut = unfold(x, k, self.stride, self.padding).permute(0, 2, 3, 1, 4, 5)
    n, height, width = cut.shape[:3]
    out = cut.reshape(n, height, width, channels * k * k).matmul(self.weight.reshape(filters, channels * k * k).transpose())
    if self.bias is not None:
        out = out + self.bias
    return out.permute(0, 3, 1, 2)
