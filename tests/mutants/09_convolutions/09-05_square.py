"""Takes the number of rows for that of columns, and the height for the width.

breaks: 09-05-fold
hidden: yes
"""
#| export
def fold(grad, shape, stride=1, padding=0):
    size, places = grad.shape[-1], grad.shape[-3]
    height, width = shape[-2:]
    whole = np.zeros((*shape[:-2], height + 2 * padding, width + 2 * padding), grad.dtype)
    for a, b in np.ndindex(size, size):
        for i, j in np.ndindex(min(places, grad.shape[-4]), places):
            whole[..., a + stride * i, b + stride * j] += grad[..., i, j, a, b]
    return whole[..., padding : padding + height, padding : padding + width]
