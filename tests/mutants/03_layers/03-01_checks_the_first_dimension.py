"""Compares the size of the batch with in_features.

breaks: 03-01-linear-forward
hidden: yes
"""
#| exporti
@method_of(Linear)
def forward(self, x):
    if x.shape[0] != self.weight.shape[0]:
        raise ValueError(f"shapes {x.shape} and {self.weight.shape} do not fit")
    out = x.matmul(self.weight)
    return out if self.bias is None else out + self.bias
