"""Another shape of a mistake, or another mistake.

breaks: 03-11-dropout-forward
means: 03-11_the_other_way_round
"""


@method_of(Dropout)
def forward(self, x):
    if self.training:
        return x
    mask = Tensor(dropout_mask(x.shape, self.p, dtype=x.data.dtype))
    return x * mask
