"""Another shape of a mistake, or another mistake.

breaks: 03-01-linear-forward
means: 03-01_transposes_the_weight
"""


@method_of(Linear)
def forward(self, x):
    if x.shape[-1] != self.weight.shape[1]:
        raise ValueError(f"{x.shape} does not fit {self.weight.shape}")
    y = x @ self.weight.transpose()
    if self.bias is not None:
        y = y + self.bias
    return y
