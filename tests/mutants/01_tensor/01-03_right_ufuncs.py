"""Calls NumPy's functions instead of its operators, and asks about NotImplemented first.

right: 01-03-add-mul
"""
#| exporti
@method_of(Tensor)
def __add__(self, other):
    right = operand(other)
    if right is NotImplemented:
        return NotImplemented
    return Tensor(np.add(self.data, right))


@method_of(Tensor)
def __mul__(self, other):
    right = operand(other)
    if right is NotImplemented:
        return NotImplemented
    return Tensor(np.multiply(right, self.data))


Tensor.__radd__ = Tensor.__add__
Tensor.__rmul__ = Tensor.__mul__
