"""With a shift and exponentials of its own.

right: 12-06-masked-softmax
"""
#| export
def masked_softmax(scores, mask=None):
    allowed = as_mask(True if mask is None else mask, scores.shape)
    allowed = np.broadcast_to(allowed, scores.shape)
    highest = np.where(allowed, scores.data, -np.inf).max(axis=-1, keepdims=True)
    highest = np.where(np.isfinite(highest), highest, 0).astype(scores.dtype)
    low = np.where(allowed, 0, -np.inf).astype(scores.dtype)
    powers = (scores - highest + low).exp()
    total = powers.sum(axis=-1, keepdims=True)
    return powers / (total + (total.data == 0).astype(scores.dtype))
