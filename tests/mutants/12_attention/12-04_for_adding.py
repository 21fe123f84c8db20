"""Minus infinity where it is forbidden, for adding.

breaks: 12-04-causal-mask
"""
#| export
def causal_mask(length):
    return np.where(np.tri(length, dtype=bool), 0.0, -np.inf)
