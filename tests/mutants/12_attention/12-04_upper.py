"""The future instead of the past.

breaks: 12-04-causal-mask
"""
#| export
def causal_mask(length):
    return np.triu(np.ones((length, length), dtype=bool))
