"""Adds -30: a masked key that is that far ahead is not left out.

breaks: 12-06-masked-softmax
"""
#| export
def masked_softmax(scores, mask=None):
    if mask is None:
        return Softmax()(scores)
    allowed = as_mask(mask, scores.shape)
    weights = Softmax()(scores + np.where(allowed, 0, -30).astype(scores.dtype)) * allowed
    total = weights.sum(axis=-1, keepdims=True)
    return weights / (total + (total.data == 0).astype(scores.dtype))
