"""Compares positions.

right: 12-04-causal-mask
"""
#| export
def causal_mask(length):
    places = np.arange(length)
    return places[:, None] >= places
