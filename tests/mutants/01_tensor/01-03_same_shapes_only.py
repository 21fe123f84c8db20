"""Insists on equal shapes.

breaks: 01-03-add-mul
hidden: yes
"""
#| exporti
@method_of(Tensor)
def __add__(self, other):
    other = operand(other)
    if other is NotImplemented:
        return other
    if np.ndim(other) and np.shape(other) != self.data.shape:
        raise ValueError("shapes differ")
    return Tensor(self.data + other)


@method_of(Tensor)
def __mul__(self, other):
    other = operand(other)
    if other is NotImplemented:
        return other
    if np.ndim(other) and np.shape(other) != self.data.shape:
        raise ValueError("shapes differ")
    return Tensor(self.data * other)


Tensor.__radd__ = Tensor.__add__
Tensor.__rmul__ = Tensor.__mul__
