"""Writes it all out, without the two functions above.

right: 12-07-attention
"""
#| export
def scaled_dot_product_attention(Q, K, V, mask=None):
    if K.shape[-2] != V.shape[-2] or Q.shape[-1] != K.shape[-1]:
        raise ValueError(f"these do not fit: Q {Q.shape}, K {K.shape}, V {V.shape}")
    scores = Q @ K.T * (1 / math.sqrt(Q.shape[-1]))
    if mask is None:
        weights = Softmax()(scores)
    else:
        allowed = as_mask(mask, scores.shape)
        some = allowed.any(axis=-1, keepdims=True)
        weights = Softmax()(scores + np.where(allowed | ~some, 0, -np.inf).astype(scores.dtype)) * some
    return weights @ V, weights
