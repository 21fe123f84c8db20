"""Minus infinity in a whole row: 0/0.

breaks: 12-06-masked-softmax
"""
#| export
def masked_softmax(scores, mask=None):
    if mask is None:
        return Softmax()(scores)
    allowed = as_mask(mask, scores.shape)
    bias = np.where(allowed, 0, -np.inf).astype(scores.dtype)
    with np.errstate(invalid="ignore"):
        return Softmax()(scores + bias)
