"""Drops in evaluation and not in training.

breaks: 03-11-dropout-forward
"""
#| exporti
@method_of(Dropout)
def forward(self, x):
    if self.training:
        return x
    return x * Tensor(dropout_mask(x.shape, self.p, x.dtype))
