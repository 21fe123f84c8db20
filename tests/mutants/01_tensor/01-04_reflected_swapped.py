"""The reflected forms compute self - other and self / other.

breaks: 01-04-sub-div
"""
#| exporti
@method_of(Tensor)
def __sub__(self, other):
    other = operand(other)
    return other if other is NotImplemented else Tensor(self.data - other)


@method_of(Tensor)
def __rsub__(self, other):
    return self - other


@method_of(Tensor)
def __truediv__(self, other):
    other = operand(other)
    return other if other is NotImplemented else Tensor(self.data / other)


@method_of(Tensor)
def __rtruediv__(self, other):
    return self / other
