"""Forgets `operand`: arrays have no tensor's data.

breaks: 01-12-matmul
"""
#| exporti
@method_of(Tensor)
def matmul(self, other):
    if not isinstance(other, Tensor):
        raise TypeError("cannot multiply")
    try:
        return Tensor(np.matmul(self.data, other.data))
    except ValueError:
        raise ValueError(f"{self.data.shape} and {other.data.shape} do not fit") from None
