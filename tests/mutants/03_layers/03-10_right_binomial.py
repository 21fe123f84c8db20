"""Draws zeros and ones with binomial.

right: 03-10-dropout-mask
"""
#| export
def dropout_mask(shape, p, dtype=np.float32):
    kept = generator.binomial(1, 1 - p, size=shape)
    return np.asarray(kept / (1 - p), dtype=dtype)
