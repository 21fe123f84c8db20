"""Returns a Tensor.

breaks: 03-10-dropout-mask
"""
#| export
def dropout_mask(shape, p, dtype=np.float32):
    return Tensor(((generator.random(shape) >= p) / (1 - p)).astype(dtype))
