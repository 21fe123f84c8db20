"""Turns all axes round when none is named.

breaks: 01-08-transpose
"""
#| exporti
@method_of(Tensor)
def transpose(self, dim0=None, dim1=None):
    if dim0 is None and dim1 is None:
        return Tensor(self.data.T)
    return Tensor(self.data.swapaxes(dim0, dim1))
