"""Adds a little something to every divisor, for fear of zero.

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
    return other if other is NotImplemented else Tensor(self.data / (other + 1e-8))


@method_of(Tensor)
def __rtruediv__(self, other):
    other = operand(other)
    return other if other is NotImplemented else Tensor(other / (self.data + 1e-8))
