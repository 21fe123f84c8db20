"""Multiplies the sizes of the axes, and the sum by one over that.

right: 01-10-mean
"""
#| exporti
@method_of(Tensor)
def mean(self, axis=None, keepdims=False):
    axes = range(self.data.ndim) if axis is None else (axis,) if isinstance(axis, int) else axis
    count = 1
    for one in axes:
        count *= self.data.shape[one]
    return self.sum(axis, keepdims) * (1 / count)
