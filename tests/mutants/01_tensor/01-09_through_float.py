"""Turns a full sum into a Python number, so that float64 tensors and keepdims are lost.

breaks: 01-09-sum
hidden: yes
"""
#| exporti
@method_of(Tensor)
def sum_(self, axis=None, keepdims=False):
    if axis is None:
        return Tensor(float(self.data.sum()))
    return Tensor(self.data.sum(axis=axis, keepdims=keepdims))
