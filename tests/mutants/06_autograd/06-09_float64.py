"""Adds the gradients onto zeros of float64.

breaks: 06-09-matmul
hidden: yes
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
    grad_a = np.zeros(a.shape) + unbroadcast(grad_output @ b.swapaxes(-1, -2), a.shape) if need_a else None
    grad_b = unbroadcast(a.swapaxes(-1, -2) @ grad_output, b.shape) if need_b else None
    return grad_a, grad_b
