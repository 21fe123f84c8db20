"""Finds the two inner sizes itself, and asks the operator of the arrays.

right: 01-12-matmul
"""
#| exporti
@method_of(Tensor)
def matmul(self, other):
    left, right = self.data, operand(other)
    if not isinstance(right, np.ndarray):
        raise TypeError(f"cannot multiply a matrix by {other!r}")
    message = f"matmul of {left.shape} and {right.shape}: the inner sizes differ"
    if left.shape[-1] != right.shape[-2 if right.ndim > 1 else 0]:
        raise ValueError(message)
    try:
        product = left @ right
    except ValueError as error:
        raise ValueError(message) from error
    return Tensor(np.asarray(product))
