"""Another shape of a mistake, or another mistake.

breaks: 03-01-linear-forward
means: 03-01_forgets_the_bias
"""


@method_of(Linear)
def forward(self, x):
    if x.shape[-1] != self.weight.shape[0]:
        raise ValueError(f"the shapes {x.shape} and {self.weight.shape} do not go together")
    return x @ self.weight
