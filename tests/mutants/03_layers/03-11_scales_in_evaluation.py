"""Multiplies by 1-p in evaluation, as if the mask had not been scaled.

breaks: 03-11-dropout-forward
"""
#| exporti
@method_of(Dropout)
def forward(self, x):
    if not self.training:
        return x * (1 - self.p)
    return x * Tensor(dropout_mask(x.shape, self.p, x.dtype))
