"""Raises TypeError.

breaks: 03-01-linear-forward
"""
#| exporti
@method_of(Linear)
def forward(self, x):
    if x.shape[-1] != self.weight.shape[0]:
        raise TypeError(f"shapes {x.shape} and {self.weight.shape} do not fit")
    out = x.matmul(self.weight)
    return out if self.bias is None else out + self.bias
