"""Puts the kept axis at the end.

breaks: 01-09-sum
hidden: yes
"""
#| exporti
@method_of(Tensor)
def sum_(self, axis=None, keepdims=False):
    result = self.data.sum(axis=axis)
    if keepdims and axis is not None:
        for _ in range(len(axis) if isinstance(axis, tuple) else 1):
            result = result[..., np.newaxis]
    elif keepdims:
        result = result.reshape((1,) * self.data.ndim)
    return Tensor(result)
