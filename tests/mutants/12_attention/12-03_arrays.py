"""Computes with arrays: no gradient comes through.

breaks: 12-03-attention-scores
"""
#| export
def attention_scores(Q, K):
    if Q.shape[-1] != K.shape[-1]:
        raise ValueError(f"queries of shape {Q.shape} and keys of shape {K.shape} do not fit")
    return Tensor(Q.data @ K.data.swapaxes(-1, -2) / np.float32(math.sqrt(Q.shape[-1])))
