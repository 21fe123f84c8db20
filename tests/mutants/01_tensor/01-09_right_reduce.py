"""Uses the ufunc's reduce with all axes spelt out.

right: 01-09-sum
"""
#| exporti
@method_of(Tensor)
def sum_(self, axis=None, keepdims=False):
    if axis is None:
        axis = tuple(range(self.data.ndim))
    return Tensor(np.asarray(np.add.reduce(self.data, axis=axis, keepdims=keepdims)))
