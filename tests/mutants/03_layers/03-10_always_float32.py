"""Returns float32, whatever was asked for.

breaks: 03-10-dropout-mask
hidden: yes
"""
#| export
def dropout_mask(shape, p, dtype=np.float32):
    return ((generator.random(shape) >= p) / (1 - p)).astype(np.float32)
