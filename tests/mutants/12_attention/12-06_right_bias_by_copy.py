"""Fills the bias by an index.

right: 12-06-masked-softmax
"""
#| export
def masked_softmax(scores, mask=None):
    if mask is None:
        return Softmax(dim=-1)(scores)
    allowed = np.broadcast_to(as_mask(mask, scores.shape), scores.shape)
    bias = np.zeros(scores.shape, scores.dtype)
    bias[~allowed] = -np.inf
    empty = ~allowed.any(axis=-1)
    bias[empty] = 0
    weights = Softmax(dim=-1)(scores + Tensor(bias))
    return weights * Tensor(1 - empty[..., None].astype(scores.dtype))
