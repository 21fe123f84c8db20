"""Asks for a float32 mask in any case.

breaks: 03-11-dropout-forward
hidden: yes
"""
#| exporti
@method_of(Dropout)
def forward(self, x):
    if not self.training:
        return x
    return x * Tensor(dropout_mask(x.shape, self.p))
