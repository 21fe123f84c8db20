"""Multiplies the weights by the mask: they do not add up to 1 any more.

breaks: 12-06-masked-softmax
"""
#| export
def masked_softmax(scores, mask=None):
    if mask is None:
        return Softmax()(scores)
    allowed = as_mask(mask, scores.shape)
    return Softmax()(scores) * allowed
