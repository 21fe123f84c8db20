"""Replaces NaN in the result afterwards: the way back is NaN all the same.

breaks: 12-06-masked-softmax
"""
#| export
def masked_softmax(scores, mask=None):
    if mask is None:
        return Softmax()(scores)
    allowed = as_mask(mask, scores.shape)
    with np.errstate(invalid="ignore"):
        weights = Softmax()(scores + np.where(allowed, 0, -np.inf).astype(scores.dtype))
    weights.data = np.nan_to_num(weights.data)
    return weights
