"""Adds lists together, which arrays do not do.

breaks: 12-05-padding-mask
hidden: yes
"""
#| export
def padding_mask(lengths, max_length):
    rows = []
    for length in list(lengths):
        if length < 0 or length > max_length:
            raise ValueError(f"{length} is not between 0 and {max_length}")
        rows += [[[True] * length + [False] * (4 - length)]]
    return np.array(rows)
