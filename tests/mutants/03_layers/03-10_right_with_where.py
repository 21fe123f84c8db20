"""Uses np.where and the other tail of the numbers.

right: 03-10-dropout-mask
"""
#| export
def dropout_mask(shape, p, dtype=np.float32):
    numbers = generator.random(size=shape)
    mask = np.where(numbers < 1 - p, 1.0 / (1.0 - p), 0.0)
    return mask.astype(dtype, copy=False)
