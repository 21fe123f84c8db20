"""Lets einsum add up, and writes the axes of size 1 back into the shape.

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
    letters = "abcdefghij"[: grad.ndim]
    added = grad.ndim - len(shape)
    kept = "".join(letter for letter, size in zip(letters[added:], shape) if size != 1)
    return np.einsum(f"{letters}->{kept}", grad).reshape(shape)
