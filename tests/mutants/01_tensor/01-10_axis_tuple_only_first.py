"""Counts the first axis of a tuple only.

breaks: 01-10-mean
hidden: yes
"""
#| exporti
@method_of(Tensor)
def mean(self, axis=None, keepdims=False):
    if axis is None:
        count = self.data.size
    elif isinstance(axis, tuple):
        count = self.data.shape[axis[0]]
    else:
        count = self.data.shape[axis]
    return self.sum(axis=axis, keepdims=keepdims) / count
