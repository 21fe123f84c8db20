"""Adds into the tensor's own array and returns the tensor itself.

breaks: 01-03-add-mul
"""
#| exporti
@method_of(Tensor)
def __add__(self, other):
    other = operand(other)
    if other is NotImplemented:
        return NotImplemented
    self.data += other
    return self


@method_of(Tensor)
def __mul__(self, other):
    other = operand(other)
    if other is NotImplemented:
        return NotImplemented
    self.data *= other
    return self


Tensor.__radd__ = Tensor.__add__
Tensor.__rmul__ = Tensor.__mul__
