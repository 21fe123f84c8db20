"""A list of rows has no second axis when there is none.

breaks: 12-04-causal-mask
hidden: yes
"""
#| export
def causal_mask(length):
    return np.array([[key <= query for key in range(length)] for query in range(length)], dtype=bool)
