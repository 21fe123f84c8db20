"""Returns NotImplemented, which a method, unlike an operator, must not.

breaks: 01-12-matmul
"""
#| exporti
@method_of(Tensor)
def matmul(self, other):
    other = operand(other)
    if other is NotImplemented:
        return NotImplemented
    try:
        return Tensor(np.matmul(self.data, other))
    except ValueError:
        raise ValueError(f"{self.data.shape} and {np.shape(other)} do not fit") from None
