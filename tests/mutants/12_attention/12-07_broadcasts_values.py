"""A single value serves for all keys.

breaks: 12-07-attention
hidden: yes
"""
#| export
def scaled_dot_product_attention(Q, K, V, mask=None):
    if V.shape[-2] not in (1, K.shape[-2]):
        raise ValueError(f"K of shape {K.shape} and V of shape {V.shape} differ in the number of keys")
    weights = masked_softmax(attention_scores(Q, K), mask)
    if V.shape[-2] == 1:
        return weights.sum(axis=-1, keepdims=True) * V, weights
    return weights.matmul(V), weights
