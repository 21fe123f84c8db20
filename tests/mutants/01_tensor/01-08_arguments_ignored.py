"""Always exchanges the last two axes.

breaks: 01-08-transpose
"""
#| exporti
@method_of(Tensor)
def transpose(self, dim0=None, dim1=None):
    if self.data.ndim < 2:
        return Tensor(self.data)
    return Tensor(self.data.swapaxes(-2, -1))
