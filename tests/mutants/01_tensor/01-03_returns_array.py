"""Returns the array, not a Tensor.

breaks: 01-03-add-mul
"""
#| exporti
@method_of(Tensor)
def __add__(self, other):
    other = operand(other)
    return other if other is NotImplemented else self.data + other


@method_of(Tensor)
def __mul__(self, other):
    other = operand(other)
    return other if other is NotImplemented else self.data * other


Tensor.__radd__ = Tensor.__add__
Tensor.__rmul__ = Tensor.__mul__
