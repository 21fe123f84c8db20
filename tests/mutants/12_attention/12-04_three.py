"""Knows the length of the example only.

breaks: 12-04-causal-mask
hidden: yes
"""
#| export
def causal_mask(length):
    return np.array([[True, False, False], [True, True, False], [True, True, True]])
