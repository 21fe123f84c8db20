"""Transposes the product instead of its second factor.

right: 06-09-matmul
"""
#| export
def matmul_gradients(a, b, grad_output, need_a=True, need_b=True):
    """The gradients of z = a @ b.

    Parameters
    ----------
    a, b, grad_output : numpy.ndarray
        (…, n, k), (…, k, m) and (…, n, m): two axes at least. The axes in front are batches, which broadcast.
    need_a, need_b : bool
        Which gradients are wanted.

    Returns
    -------
    tuple
        dL/da in the shape of a and dL/db in the shape of b; None for one that is not wanted: it is not computed.
    """
    flip = lambda array: np.moveaxis(array, -1, -2)
    grad_a = grad_b = None
    if need_a:
        grad_a = unbroadcast(flip(np.matmul(b, flip(grad_output))), a.shape)
    if need_b:
        grad_b = unbroadcast(flip(np.matmul(flip(grad_output), a)), b.shape)
    return grad_a, grad_b
