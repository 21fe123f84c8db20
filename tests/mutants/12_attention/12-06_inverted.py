"""Reads the mask the other way round.

breaks: 12-06-masked-softmax
"""
#| export
def masked_softmax(scores, mask=None):
    if mask is None:
        return Softmax()(scores)
    allowed = as_mask(mask, scores.shape)
    allowed = ~allowed
    nowhere = ~allowed.any(axis=-1, keepdims=True)
    bias = np.where(allowed | nowhere, 0, -np.inf).astype(scores.dtype)
    return Softmax()(scores + bias) * allowed
