"""The message names only the shape of x.

breaks: 03-01-linear-forward
"""
#| exporti
@method_of(Linear)
def forward(self, x):
    if x.shape[-1] != self.weight.shape[0]:
        raise ValueError(f"wrong number of features: x has the shape {x.shape}")
    out = x.matmul(self.weight)
    return out if self.bias is None else out + self.bias
