"""Leaves the error to NumPy.

breaks: 01-12-matmul
"""
#| exporti
@method_of(Tensor)
def matmul(self, other):
    other = operand(other)
    if other is NotImplemented:
        raise TypeError("cannot multiply")
    return Tensor(self.data @ other)
