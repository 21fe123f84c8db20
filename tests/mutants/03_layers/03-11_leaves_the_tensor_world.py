"""Multiplies the arrays, so that no gradient will ever flow.

breaks: 03-11-dropout-forward
hidden: yes
"""
#| exporti
@method_of(Dropout)
def forward(self, x):
    if not self.training:
        return x
    return Tensor(x.data * dropout_mask(x.shape, self.p, x.dtype))
