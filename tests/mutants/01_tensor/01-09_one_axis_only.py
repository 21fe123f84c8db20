"""Knows numbers and None, but no tuples of axes.

breaks: 01-09-sum
hidden: yes
"""
#| exporti
@method_of(Tensor)
def sum_(self, axis=None, keepdims=False):
    if axis is None:
        return Tensor(self.data.sum(keepdims=keepdims))
    return Tensor(np.sum(self.data, axis=int(axis), keepdims=keepdims))
