"""Transposes K only if it has to, so square ones stay as they are.

breaks: 12-03-attention-scores
hidden: yes
"""
#| export
def attention_scores(Q, K):
    if Q.shape[-1] != K.shape[-1]:
        raise ValueError(f"queries of shape {Q.shape} and keys of shape {K.shape} do not fit")
    scale = 1 / math.sqrt(Q.shape[-1])
    if K.shape[-2] == Q.shape[-1]:
        return Q.matmul(K) * scale
    return Q.matmul(K.transpose()) * scale
