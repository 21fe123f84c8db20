"""Has the two the wrong way round.

breaks: 01-12-matmul
"""
#| exporti
@method_of(Tensor)
def matmul(self, other):
    other = operand(other)
    if other is NotImplemented:
        raise TypeError("cannot multiply")
    try:
        return Tensor(np.matmul(other, self.data))
    except ValueError:
        raise ValueError(f"{self.data.shape} and {np.shape(other)} do not fit") from None
