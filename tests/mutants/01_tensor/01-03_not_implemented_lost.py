"""Computes with NotImplemented instead of handing it on. NumPy raises TypeError, so nobody notices at first.

breaks: 01-03-add-mul
"""
#| exporti
@method_of(Tensor)
def __add__(self, other):
    return Tensor(self.data + operand(other))


@method_of(Tensor)
def __mul__(self, other):
    return Tensor(self.data * operand(other))


Tensor.__radd__ = Tensor.__add__
Tensor.__rmul__ = Tensor.__mul__
