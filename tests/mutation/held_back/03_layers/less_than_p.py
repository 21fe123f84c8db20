"""Another shape of a mistake, or another mistake.

breaks: 03-10-dropout-mask
means: 03-10_keeps_with_p
"""


def dropout_mask(shape, p, dtype=np.float32):
    keep = generator.random(shape) < p
    return (keep / (1 - p)).astype(dtype)
