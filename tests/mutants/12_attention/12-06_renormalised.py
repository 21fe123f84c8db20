"""Multiplies and divides by the new sum, which is 0 when the allowed scores are far below the others.

breaks: 12-06-masked-softmax
"""
#| export
def masked_softmax(scores, mask=None):
    if mask is None:
        return Softmax()(scores)
    allowed = as_mask(mask, scores.shape)
    weights = Softmax()(scores) * allowed
    total = weights.sum(axis=-1, keepdims=True)
    return weights / (total + (total.data == 0).astype(scores.dtype))
