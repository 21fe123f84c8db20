"""Divides by the number of all elements, whatever the axis.

breaks: 01-10-mean
"""
#| exporti
@method_of(Tensor)
def mean(self, axis=None, keepdims=False):
    return self.sum(axis=axis, keepdims=keepdims) / self.data.size
