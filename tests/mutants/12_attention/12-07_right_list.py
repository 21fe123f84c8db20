"""A list of the two, and the mask by name.

right: 12-07-attention
"""
#| export
def scaled_dot_product_attention(Q, K, V, mask=None):
    if K.shape[-2] != V.shape[-2]:
        raise ValueError(f"K of shape {K.shape} and V of shape {V.shape} differ in the number of keys")
    weights = masked_softmax(attention_scores(Q, K), mask=mask)
    return [weights @ V, weights]
