"""Finds the count in the shape, which works for one axis and for none.

breaks: 01-10-mean
hidden: yes
"""
#| exporti
@method_of(Tensor)
def mean(self, axis=None, keepdims=False):
    count = self.data.size if axis is None else self.data.shape[axis]
    return self.sum(axis=axis, keepdims=keepdims) / count
