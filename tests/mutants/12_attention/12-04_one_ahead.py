"""One position too many.

breaks: 12-04-causal-mask
"""
#| export
def causal_mask(length):
    return np.tri(length, k=1, dtype=bool)
