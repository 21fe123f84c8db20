"""Forces float32, whatever the tensors are.

breaks: 01-03-add-mul
hidden: yes
"""
#| exporti
@method_of(Tensor)
def __add__(self, other):
    other = operand(other)
    return other if other is NotImplemented else Tensor((self.data + other).astype(np.float32))


@method_of(Tensor)
def __mul__(self, other):
    other = operand(other)
    return other if other is NotImplemented else Tensor((self.data * other).astype(np.float32))


Tensor.__radd__ = Tensor.__add__
Tensor.__rmul__ = Tensor.__mul__
