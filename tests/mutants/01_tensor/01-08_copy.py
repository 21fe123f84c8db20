"""Makes a copy in the new order.

breaks: 01-08-transpose
hidden: yes
"""
#| exporti
@method_of(Tensor)
def transpose(self, dim0=None, dim1=None):
    if self.data.ndim < 2:
        return Tensor(self.data)
    if dim0 is None:
        dim0, dim1 = -2, -1
    return Tensor(np.ascontiguousarray(self.data.swapaxes(dim0, dim1)))
