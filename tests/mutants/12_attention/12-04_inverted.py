"""True where it is forbidden.

breaks: 12-04-causal-mask
"""
#| export
def causal_mask(length):
    return ~np.tri(length, dtype=bool)
