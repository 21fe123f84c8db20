"""Uses 0.5 whatever p is.

breaks: 03-11-dropout-forward
hidden: yes
"""
#| exporti
@method_of(Dropout)
def forward(self, x):
    if not self.training:
        return x
    return x * Tensor(dropout_mask(x.shape, 0.5, x.dtype))
