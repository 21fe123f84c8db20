"""Looks for size 1 in `shape`, but sums over the axis of that number in the larger gradient.

breaks: 06-10-unbroadcast
"""
#| exporti
def unbroadcast(grad, shape):
    """Add up `grad` over every axis along which an array of shape `shape` was stretched.

    Parameters
    ----------
    grad : numpy.ndarray
        A gradient in the shape of the result of an operation. It is not changed.
    shape : tuple of int
        The shape that the input had before NumPy broadcast it.

    Returns
    -------
    numpy.ndarray
        Of shape `shape`, in the dtype of `grad`; it may be `grad` itself if nothing was stretched.
    """
    if grad.shape == shape:
        return grad
    axes = tuple(axis for axis, size in enumerate(shape) if size == 1)
    grad = grad.sum(axis=axes, keepdims=True)
    while grad.ndim > len(shape):
        grad = grad.sum(axis=0)
    return grad
