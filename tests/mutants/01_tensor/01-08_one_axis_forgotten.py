"""Fails for a tensor with one axis.

breaks: 01-08-transpose
"""
#| exporti
@method_of(Tensor)
def transpose(self, dim0=-2, dim1=-1):
    return Tensor(self.data.swapaxes(dim0, dim1))
