"""Raises ZeroDivisionError where NumPy gives infinity.

breaks: 01-04-sub-div
hidden: yes
"""
#| exporti
@method_of(Tensor)
def __sub__(self, other):
    other = operand(other)
    return other if other is NotImplemented else Tensor(self.data - other)


@method_of(Tensor)
def __rsub__(self, other):
    other = operand(other)
    return other if other is NotImplemented else Tensor(other - self.data)


@method_of(Tensor)
def __truediv__(self, other):
    other = operand(other)
    if other is NotImplemented:
        return other
    if np.any(np.asarray(other) == 0):
        raise ZeroDivisionError("division by zero")
    return Tensor(self.data / other)


@method_of(Tensor)
def __rtruediv__(self, other):
    other = operand(other)
    if other is NotImplemented:
        return other
    if np.any(self.data == 0):
        raise ZeroDivisionError("division by zero")
    return Tensor(other / self.data)
