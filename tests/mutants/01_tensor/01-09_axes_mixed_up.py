"""Adds along the other axis.

breaks: 01-09-sum
"""
#| exporti
@method_of(Tensor)
def sum_(self, axis=None, keepdims=False):
    if axis in (0, 1):
        axis = 1 - axis
    return Tensor(self.data.sum(axis=axis, keepdims=keepdims))
