"""Makes the mask once and uses it for ever.

breaks: 03-11-dropout-forward
hidden: yes
"""
#| exporti
@method_of(Dropout)
def forward(self, x):
    if not self.training:
        return x
    if not hasattr(self, "mask") or self.mask.shape != x.shape:
        self.mask = Tensor(dropout_mask(x.shape, self.p, x.dtype))
    return x * self.mask
