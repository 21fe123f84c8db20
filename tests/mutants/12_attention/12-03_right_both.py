"""Shares the scale between queries and keys.

right: 12-03-attention-scores
"""
#| export
def attention_scores(Q, K):
    if Q.shape[-1] != K.shape[-1]:
        raise ValueError(f"{Q.shape} against {K.shape}")
    root = Q.shape[-1] ** 0.25
    return (Q / root) @ (K / root).transpose(-1, -2)
