"""Another shape of a mistake, or another mistake.

breaks: 03-10-dropout-mask
means: none
"""


def dropout_mask(shape, p, dtype=np.float32):
    u = generator.random(shape)
    u[u < p] = 0
    return (u / (1 - p)).astype(dtype)
