"""Builds the order of all axes and hands it to NumPy's transpose.

right: 01-08-transpose
"""
#| exporti
@method_of(Tensor)
def transpose(self, dim0=None, dim1=None):
    order = list(range(self.data.ndim))
    if dim0 is None:
        if len(order) < 2:
            return self
        dim0, dim1 = len(order) - 2, len(order) - 1
    order[dim0], order[dim1] = order[dim1], order[dim0]
    return Tensor(np.transpose(self.data, order))
