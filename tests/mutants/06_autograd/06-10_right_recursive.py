"""Undoes one axis and asks itself for the rest.

right: 06-10-unbroadcast
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
    if grad.ndim > len(shape):
        return unbroadcast(grad.sum(axis=0), shape)
    for axis, (size, wanted) in enumerate(zip(grad.shape, shape)):
        if size != wanted:
            return unbroadcast(grad.sum(axis=axis, keepdims=True), shape)
    return grad
