"""Returns the product and forgets the bias.

breaks: 03-01-linear-forward
"""
#| exporti
@method_of(Linear)
def forward(self, x):
    if x.shape[-1] != self.weight.shape[0]:
        raise ValueError(f"shapes {x.shape} and {self.weight.shape} do not fit")
    return x.matmul(self.weight)
