"""With np.add.at.

right: 09-05-fold
"""
#| export
def fold(grad, shape, stride=1, padding=0):
    rows, columns, size = grad.shape[-4:-1]
    whole = np.zeros((*shape[:-2], shape[-2] + 2 * padding, shape[-1] + 2 * padding), grad.dtype)
    down = np.arange(rows)[:, None, None, None] * stride + np.arange(size)[:, None]
    right = np.arange(columns)[:, None, None] * stride + np.arange(size)
    np.add.at(whole, (..., down, right), grad)
    return whole[..., padding : padding + shape[-2], padding : padding + shape[-1]].copy()
