"""Multiplies by the array of the weights: queries and keys get no gradient.

breaks: 12-07-attention
hidden: yes
"""
#| export
def scaled_dot_product_attention(Q, K, V, mask=None):
    if K.shape[-2] != V.shape[-2]:
        raise ValueError(f"K of shape {K.shape} and V of shape {V.shape} differ in the number of keys")
    weights = masked_softmax(attention_scores(Q, K), mask)
    return Tensor(weights.data).matmul(V), weights
