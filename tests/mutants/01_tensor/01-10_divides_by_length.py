"""Divides by the size of the first axis.

breaks: 01-10-mean
"""
#| exporti
@method_of(Tensor)
def mean(self, axis=None, keepdims=False):
    return self.sum(axis=axis, keepdims=keepdims) / len(self.data)
