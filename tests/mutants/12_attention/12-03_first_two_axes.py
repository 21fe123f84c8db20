"""Exchanges the first two axes of K, which is right without a batch only.

breaks: 12-03-attention-scores
"""
#| export
def attention_scores(Q, K):
    if Q.shape[-1] != K.shape[-1]:
        raise ValueError(f"queries of shape {Q.shape} and keys of shape {K.shape} do not fit")
    return Q.matmul(K.transpose(0, 1)) / math.sqrt(Q.shape[-1])
