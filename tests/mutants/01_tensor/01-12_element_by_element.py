"""Multiplies element by element.

breaks: 01-12-matmul
"""
#| exporti
@method_of(Tensor)
def matmul(self, other):
    other = operand(other)
    try:
        return Tensor(self.data * other)
    except ValueError:
        raise ValueError(f"{self.data.shape} and {np.shape(other)} do not fit") from None
