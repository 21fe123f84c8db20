"""Uses the operator @, and adds the bias from the left.

right: 03-01-linear-forward
"""
#| exporti
@method_of(Linear)
def forward(self, x):
    features, _ = self.weight.shape
    if x.ndim == 0 or x.shape[x.ndim - 1] != features:
        raise ValueError("cannot multiply " + str(x.shape) + " by " + str(self.weight.shape))
    product = x @ self.weight
    if self.bias is not None:
        product = self.bias + product
    return product
