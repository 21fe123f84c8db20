"""The mask on the left, and the result in a variable.

right: 03-11-dropout-forward
"""
#| exporti
@method_of(Dropout)
def forward(self, x):
    result = x
    if self.training:
        mask = dropout_mask(shape=x.data.shape, p=self.p, dtype=x.data.dtype)
        result = mask * x
    return result
