"""Adds up in float64 and stays there.

breaks: 09-05-fold
"""
#| export
def fold(grad, shape, stride=1, padding=0):
    height, width = shape[-2:]
    rows, columns, size = grad.shape[-4:-1]
    whole = np.zeros((*shape[:-2], height + 2 * padding, width + 2 * padding))
    for a, b in np.ndindex(size, size):
        whole[..., a : a + stride * rows : stride, b : b + stride * columns : stride] += grad[..., a, b]
    return whole[..., padding : padding + height, padding : padding + width]
