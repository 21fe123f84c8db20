"""Accepts keepdims and does nothing with it.

breaks: 01-09-sum
"""
#| exporti
@method_of(Tensor)
def sum_(self, axis=None, keepdims=False):
    return Tensor(self.data.sum(axis=axis))
