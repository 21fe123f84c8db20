"""Drops an exact share instead of deciding for each number on its own.

breaks: 03-10-dropout-mask
hidden: yes
"""
#| export
def dropout_mask(shape, p, dtype=np.float32):
    size = math.prod(shape)
    mask = np.full(size, 1 / (1 - p))
    mask[generator.permutation(size)[: round(size * p)]] = 0
    return mask.reshape(shape).astype(dtype)
