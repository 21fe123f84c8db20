"""Shifts within each window, round to its beginning.

breaks: 13-08-pairs
"""
#| export
def next_token_pairs(ids, length):
    ids = np.asarray(ids)
    count = (len(ids) - 1) // length
    if count < 1:
        raise ValueError(f"a text of {len(ids)} ids is too short for a window of {length} and what comes next")
    used = count * length
    return ids[:used].reshape(count, length), np.roll(ids[:used].reshape(count, length), -1, axis=1)
