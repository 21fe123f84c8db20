"""Shifts by the minimum, so that the largest exponential still overflows.

breaks: 04-06-log-softmax
"""
#| export
def log_softmax(x: Tensor, dim: int = -1) -> Tensor:
    """The logarithm of the softmax along an axis, by the log-sum-exp formula, from Tensor operations only.

    Parameters
    ----------
    x : Tensor with at least one axis, floating-point
    dim : int
        The axis along which the exponentials of the results sum to 1.

    Returns
    -------
    Tensor of the same shape and dtype; finite for finite inputs of any ordinary size, NaN along an axis with a NaN
    """
    shifted = x - x.data.min(axis=dim, keepdims=True)
    return shifted - shifted.exp().sum(axis=dim, keepdims=True).log()
