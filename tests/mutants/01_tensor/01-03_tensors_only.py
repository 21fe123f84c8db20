"""Reads `other.data` and forgets that a number has none.

breaks: 01-03-add-mul
"""
#| exporti
@method_of(Tensor)
def __add__(self, other):
    return Tensor(self.data + other.data)


@method_of(Tensor)
def __mul__(self, other):
    return Tensor(self.data * other.data)


Tensor.__radd__ = Tensor.__add__
Tensor.__rmul__ = Tensor.__mul__
