"""Breaks on a layer without a bias.

breaks: 03-01-linear-forward
hidden: yes
"""
#| exporti
@method_of(Linear)
def forward(self, x):
    if x.shape[-1] != self.weight.shape[0]:
        raise ValueError(f"shapes {x.shape} and {self.weight.shape} do not fit")
    return x.matmul(self.weight) + self.bias
