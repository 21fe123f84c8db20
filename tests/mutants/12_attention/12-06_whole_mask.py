"""Asks whether the mask allows anything at all, not row by row.

breaks: 12-06-masked-softmax
hidden: yes
"""
#| export
def masked_softmax(scores, mask=None):
    if mask is None:
        return Softmax()(scores)
    allowed = np.broadcast_to(as_mask(mask, scores.shape), scores.shape)
    rows = [row.any() for row in allowed.reshape(-1, allowed.shape[-1])]
    nowhere = ~np.array(rows)[: scores.shape[-2], None]
    bias = np.where(allowed | nowhere, 0, -np.inf).astype(scores.dtype)
    with np.errstate(invalid="ignore"):
        return Softmax()(scores + bias) * allowed
