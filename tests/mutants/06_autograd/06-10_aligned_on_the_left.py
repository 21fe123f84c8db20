"""Compares shapes from the left, so that (3,) in (3, 3) looks as if nothing had happened.

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
    for axis in reversed(range(grad.ndim)):
        if axis >= len(shape):
            continue
        if grad.shape[axis] != shape[axis]:
            grad = grad.sum(axis=axis, keepdims=shape[axis] == 1)
    return grad if shape else grad.sum()
