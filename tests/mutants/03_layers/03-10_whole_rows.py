"""Decides once for each position of the last dimension.

breaks: 03-10-dropout-mask
hidden: yes
"""
#| export
def dropout_mask(shape, p, dtype=np.float32):
    kept = generator.random(shape[-1:]) >= p
    return np.broadcast_to(kept / (1 - p), shape).astype(dtype)
