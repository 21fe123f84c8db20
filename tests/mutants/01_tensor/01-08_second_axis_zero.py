"""Takes axis 0 for no axis, but only as the second argument.

breaks: 01-08-transpose
hidden: yes
"""
#| exporti
@method_of(Tensor)
def transpose(self, dim0=None, dim1=None):
    if self.data.ndim < 2:
        return Tensor(self.data)
    if dim0 is None:
        dim0 = -2
    if not dim1:
        dim1 = -1
    return Tensor(self.data.swapaxes(dim0, dim1))
