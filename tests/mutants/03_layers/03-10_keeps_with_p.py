"""Keeps with probability p: the same for p = 0.5 only.

breaks: 03-10-dropout-mask
"""
#| export
def dropout_mask(shape, p, dtype=np.float32):
    return ((generator.random(shape) < p) / (1 - p)).astype(dtype)
