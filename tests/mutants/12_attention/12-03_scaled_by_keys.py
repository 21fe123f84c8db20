"""Takes the number of keys for d.

breaks: 12-03-attention-scores
"""
#| export
def attention_scores(Q, K):
    if Q.shape[-1] != K.shape[-1]:
        raise ValueError(f"queries of shape {Q.shape} and keys of shape {K.shape} do not fit")
    return Q.matmul(K.transpose()) / math.sqrt(K.shape[-2])
