"""Windows of length + 1, of which the last id is only an answer.

breaks: 13-08-pairs
"""
#| export
def next_token_pairs(ids, length):
    ids = np.asarray(ids)
    count = len(ids) // (length + 1)
    if count < 1:
        raise ValueError(f"a text of {len(ids)} ids is too short for a window of {length} and what comes next")
    windows = ids[: count * (length + 1)].reshape(count, length + 1)
    return windows[:, :-1], windows[:, 1:]
