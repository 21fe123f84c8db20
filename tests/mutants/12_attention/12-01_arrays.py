"""Computes with arrays: no gradient comes through.

breaks: 12-01-soft-lookup
"""
def soft_lookup(query, keys, values):
    scores = keys.data @ query.data
    powers = np.exp(scores - scores.max())
    return Tensor((powers / powers.sum()) @ values.data)
