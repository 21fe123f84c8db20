"""Asks np.mean, which Module 06 will not see.

breaks: 01-10-mean
"""
#| exporti
@method_of(Tensor)
def mean(self, axis=None, keepdims=False):
    return Tensor(np.mean(self.data, axis=axis, keepdims=keepdims))
