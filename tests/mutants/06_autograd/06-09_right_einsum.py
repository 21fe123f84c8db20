"""Says with letters which axes are added up; returns a list.

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
    answer = [None, None]
    if need_a:
        answer[0] = unbroadcast(np.einsum("...nm,...km->...nk", grad_output, b), a.shape)
    if need_b:
        answer[1] = unbroadcast(np.einsum("...nk,...nm->...km", a, grad_output), b.shape)
    return answer
