"""Another shape of a mistake, or another mistake.

breaks: 03-11-dropout-forward
means: 03-11_always_drops
"""


@method_of(Dropout)
def forward(self, x):
    mask = dropout_mask(x.shape, self.p, dtype=x.data.dtype)
    return x * Tensor(mask)
