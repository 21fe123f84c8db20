"""Multiplies the scores by the mask: a masked key has the exponential 1.

breaks: 12-06-masked-softmax
"""
#| export
def masked_softmax(scores, mask=None):
    if mask is None:
        return Softmax()(scores)
    allowed = as_mask(mask, scores.shape)
    return Softmax()(scores * allowed) * allowed
