"""Permutes three axes: two of a batch are one too many.

breaks: 12-03-attention-scores
hidden: yes
"""
#| export
def attention_scores(Q, K):
    if Q.shape[-1] != K.shape[-1]:
        raise ValueError(f"queries of shape {Q.shape} and keys of shape {K.shape} do not fit")
    turned = K.T if K.ndim == 2 else K.permute(0, 2, 1)
    return Q.reshape(-1, *Q.shape[-2:]).matmul(turned) / math.sqrt(Q.shape[-1]) if Q.ndim > 2 else Q @ turned / math.sqrt(K.shape[-1])
