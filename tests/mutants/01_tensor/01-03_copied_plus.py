"""Copied __add__ for __mul__ and forgot to change the sign.

breaks: 01-03-add-mul
"""
#| exporti
@method_of(Tensor)
def __add__(self, other):
    other = operand(other)
    return other if other is NotImplemented else Tensor(self.data + other)


@method_of(Tensor)
def __mul__(self, other):
    other = operand(other)
    return other if other is NotImplemented else Tensor(self.data + other)


Tensor.__radd__ = Tensor.__add__
Tensor.__rmul__ = Tensor.__mul__
