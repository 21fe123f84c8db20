"""By a triangle of ones.

right: 12-04-causal-mask
"""
#| export
def causal_mask(length):
    return np.tril(np.ones((length, length))).astype(bool)
