"""Makes a new tensor of the keys, which lose their gradient.

breaks: 12-03-attention-scores
hidden: yes
"""
#| export
def attention_scores(Q, K):
    if Q.shape[-1] != K.shape[-1]:
        raise ValueError(f"queries of shape {Q.shape} and keys of shape {K.shape} do not fit")
    return Q.matmul(Tensor(K.data.swapaxes(-1, -2))) / math.sqrt(Q.shape[-1])
