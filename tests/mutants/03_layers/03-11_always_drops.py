"""Changes x in evaluation too.

breaks: 03-11-dropout-forward
general: yes
"""
#| exporti
@method_of(Dropout)
def forward(self, x):
    return x * Tensor(dropout_mask(x.shape, self.p, x.dtype))
