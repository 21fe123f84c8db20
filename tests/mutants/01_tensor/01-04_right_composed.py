"""Takes the difference from a sum with the opposite sign, and reflects by a minus sign and a power.

right: 01-04-sub-div
"""
#| exporti
@method_of(Tensor)
def __sub__(self, other):
    right = operand(other)
    if right is NotImplemented:
        return NotImplemented
    return Tensor(np.subtract(self.data, right))


@method_of(Tensor)
def __rsub__(self, other):
    difference = self.__sub__(other)
    return difference if difference is NotImplemented else -difference


@method_of(Tensor)
def __truediv__(self, other):
    right = operand(other)
    if right is NotImplemented:
        return NotImplemented
    return Tensor(np.true_divide(self.data, right))


@method_of(Tensor)
def __rtruediv__(self, other):
    left = operand(other)
    if left is NotImplemented:
        return NotImplemented
    return Tensor(np.divide(left, self.data))
