"""Subtracts in the tensor's own array.

breaks: 01-04-sub-div
"""
#| exporti
@method_of(Tensor)
def __sub__(self, other):
    other = operand(other)
    if other is NotImplemented:
        return other
    result = self.data
    result -= other
    return Tensor(result)


@method_of(Tensor)
def __rsub__(self, other):
    other = operand(other)
    return other if other is NotImplemented else Tensor(other - self.data)


@method_of(Tensor)
def __truediv__(self, other):
    other = operand(other)
    return other if other is NotImplemented else Tensor(self.data / other)


@method_of(Tensor)
def __rtruediv__(self, other):
    other = operand(other)
    return other if other is NotImplemented else Tensor(other / self.data)
