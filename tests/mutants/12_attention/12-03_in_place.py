"""Scales the caller's queries in place.

breaks: 12-03-attention-scores
hidden: yes
"""
#| export
def attention_scores(Q, K):
    if Q.shape[-1] != K.shape[-1]:
        raise ValueError(f"queries of shape {Q.shape} and keys of shape {K.shape} do not fit")
    Q.data /= math.sqrt(Q.shape[-1])
    return Q.matmul(K.transpose())
