"""Wants values as long as the keys.

breaks: 12-07-attention
hidden: yes
"""
#| export
def scaled_dot_product_attention(Q, K, V, mask=None):
    if K.ndim == V.ndim > 2 and K.shape != V.shape:
        raise ValueError(f"K of shape {K.shape} and V of shape {V.shape} differ")
    if K.shape[-2] != V.shape[-2]:
        raise ValueError(f"K of shape {K.shape} and V of shape {V.shape} differ in the number of keys")
    weights = masked_softmax(attention_scores(Q, K), mask)
    return weights.reshape(-1, *weights.shape[-2:]).matmul(V) if V.ndim > 2 else weights.matmul(V), weights
