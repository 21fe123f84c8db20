"""Another shape of a mistake, or another mistake.

breaks: 03-01-linear-forward
means: none
"""


@method_of(Linear)
def forward(self, x):
    y = x.matmul(self.weight)
    if self.bias is not None:
        y = y + self.bias
    return y
