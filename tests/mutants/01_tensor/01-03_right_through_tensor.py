"""Makes a Tensor of what is not one, and catches what cannot become one.

right: 01-03-add-mul
"""
#| exporti
@method_of(Tensor)
def __add__(self, other):
    right = operand(other)
    if right is NotImplemented:
        return right
    if not isinstance(other, Tensor):
        other = Tensor(np.full(1, right, self.data.dtype).reshape(()) if np.isscalar(right) else right)
    return Tensor(self.data + other.data)


@method_of(Tensor)
def __mul__(self, other):
    right = operand(other)
    if right is NotImplemented:
        return right
    if not isinstance(other, Tensor):
        other = Tensor(np.full(1, right, self.data.dtype).reshape(()) if np.isscalar(right) else right)
    return Tensor(self.data * other.data)


Tensor.__radd__ = Tensor.__add__
Tensor.__rmul__ = Tensor.__mul__
