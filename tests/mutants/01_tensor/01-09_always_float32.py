"""Adds in float32, whatever the tensor is.

breaks: 01-09-sum
hidden: yes
"""
#| exporti
@method_of(Tensor)
def sum_(self, axis=None, keepdims=False):
    return Tensor(np.sum(self.data, axis=axis, keepdims=keepdims, dtype=np.float32))
