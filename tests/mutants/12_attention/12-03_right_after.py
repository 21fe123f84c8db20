"""Scales the result, by a power.

right: 12-03-attention-scores
"""
#| export
def attention_scores(Q, K):
    d = Q.shape[-1]
    if K.shape[-1] != d:
        raise ValueError("these do not fit together: " + str(Q.shape) + " and " + str(K.shape))
    return (Q @ K.T) * d**-0.5
