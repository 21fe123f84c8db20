"""Two branches.

right: 11-12-positional-forward
"""
#| exporti
@method_of(PositionalEncoding)
def forward(self, x):
    shape = self.weight.shape if self.learned else self.positions.shape
    if x.shape[-1] != shape[-1] or x.shape[-2] > shape[0]:
        raise ValueError("x has shape %s, the rows %s" % (x.shape, shape))
    if self.learned:
        return x + self.weight[0 : x.shape[-2], :]
    return x + Tensor(self.positions[0 : x.shape[-2], :])
