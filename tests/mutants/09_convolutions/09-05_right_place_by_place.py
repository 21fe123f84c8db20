"""Window after window.

right: 09-05-fold
"""
#| export
def fold(grad, shape, stride=1, padding=0):
    rows, columns, size = grad.shape[-4], grad.shape[-3], grad.shape[-1]
    framed = np.pad(np.zeros(shape, grad.dtype), [(0, 0)] * (len(shape) - 2) + [(padding, padding)] * 2)
    for i in range(rows):
        for j in range(columns):
            framed[..., i * stride : i * stride + size, j * stride : j * stride + size] += grad[..., i, j, :, :]
    end = [-padding or None] * 2
    return framed[..., padding : end[0], padding : end[1]]
