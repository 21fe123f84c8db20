"""Checks the inner size in the first two axes, which is wrong for batches and for single rows.

breaks: 01-12-matmul
hidden: yes
"""
#| exporti
@method_of(Tensor)
def matmul(self, other):
    other = operand(other)
    if other is NotImplemented:
        raise TypeError("cannot multiply")
    if self.data.shape[1] != other.shape[0]:
        raise ValueError(f"{self.data.shape} and {other.shape} do not fit")
    return Tensor(np.matmul(self.data, other))
