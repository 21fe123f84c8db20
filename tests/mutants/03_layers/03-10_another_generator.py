"""Draws from NumPy's global generator, which manual_seed does not know.

breaks: 03-10-dropout-mask
"""
#| export
def dropout_mask(shape, p, dtype=np.float32):
    return ((np.random.random(shape) >= p) / (1 - p)).astype(dtype)
