"""Reshapes instead of transposing.

breaks: 01-08-transpose
"""
#| exporti
@method_of(Tensor)
def transpose(self, dim0=None, dim1=None):
    if self.data.ndim < 2:
        return Tensor(self.data)
    if dim0 is None:
        dim0, dim1 = -2, -1
    sizes = list(self.data.shape)
    sizes[dim0], sizes[dim1] = sizes[dim1], sizes[dim0]
    return Tensor(self.data.reshape(sizes))
