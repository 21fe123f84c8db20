"""Another shape of a mistake, or another mistake.

breaks: 03-10-dropout-mask
means: 03-10_no_scaling
"""


def dropout_mask(shape, p, dtype=np.float32):
    return np.where(generator.random(size=shape) < p, 0, 1).astype(dtype)
