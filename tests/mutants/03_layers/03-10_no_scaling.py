"""Leaves what stays as it is.

breaks: 03-10-dropout-mask
"""
#| export
def dropout_mask(shape, p, dtype=np.float32):
    return (generator.random(shape) >= p).astype(dtype)
