"""Takes axis 0 for no axis.

breaks: 01-08-transpose
"""
#| exporti
@method_of(Tensor)
def transpose(self, dim0=None, dim1=None):
    if self.data.ndim < 2:
        return Tensor(self.data)
    return Tensor(self.data.swapaxes(dim0 or -2, dim1 or -1))
