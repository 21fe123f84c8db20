"""Computes with the arrays, so that no gradient will ever flow.

breaks: 03-01-linear-forward
"""
#| exporti
@method_of(Linear)
def forward(self, x):
    if x.shape[-1] != self.weight.shape[0]:
        raise ValueError(f"shapes {x.shape} and {self.weight.shape} do not fit")
    out = x.data @ self.weight.data
    if self.bias is not None:
        out = out + self.bias.data
    return Tensor(out)
