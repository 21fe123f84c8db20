"""Compares the two shapes from the right.

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
    grad = np.asarray(grad)
    for i in range(1, grad.ndim + 1):
        size = shape[-i] if i <= len(shape) else 1
        if size == 1:
            grad = grad.sum(axis=-i, keepdims=True)
    return grad.reshape(shape)
