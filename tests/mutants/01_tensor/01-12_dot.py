"""Uses np.dot, which is something else for batches.

breaks: 01-12-matmul
hidden: yes
"""
#| exporti
@method_of(Tensor)
def matmul(self, other):
    other = operand(other)
    if other is NotImplemented:
        raise TypeError("cannot multiply")
    try:
        return Tensor(np.dot(self.data, other))
    except ValueError:
        raise ValueError(f"{self.data.shape} and {np.shape(other)} do not fit") from None
