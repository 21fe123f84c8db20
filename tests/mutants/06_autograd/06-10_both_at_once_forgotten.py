"""Thinks of an added axis or of stretched ones, never of both.

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
    added = grad.ndim - len(shape)
    if added:
        return grad.sum(axis=tuple(range(added)))
    stretched = tuple(axis for axis, size in enumerate(shape) if size == 1)
    return grad.sum(axis=stretched, keepdims=True)
