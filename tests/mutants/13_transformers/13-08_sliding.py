"""A window at each place.

breaks: 13-08-pairs
"""
#| export
def next_token_pairs(ids, length):
    ids = np.asarray(ids)
    count = (len(ids) - 1) // length
    if count < 1:
        raise ValueError(f"a text of {len(ids)} ids is too short for a window of {length} and what comes next")
    used = count * length
    windows = np.lib.stride_tricks.sliding_window_view(ids, length + 1)
    return windows[:, :-1], windows[:, 1:]
