"""`if axis:` takes axis 0 for no axis.

breaks: 01-09-sum
"""
#| exporti
@method_of(Tensor)
def sum_(self, axis=None, keepdims=False):
    if axis:
        return Tensor(self.data.sum(axis=axis, keepdims=keepdims))
    return Tensor(self.data.sum(keepdims=keepdims))
