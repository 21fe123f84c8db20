"""A position may not see itself.

breaks: 12-04-causal-mask
"""
#| export
def causal_mask(length):
    return np.tri(length, k=-1, dtype=bool)
