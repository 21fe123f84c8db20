"""Refuses an empty text only.

breaks: 13-08-pairs
"""
#| export
def next_token_pairs(ids, length):
    ids = np.asarray(ids)
    count = (len(ids) - 1) // length
    if len(ids) == 0:
        raise ValueError(f"a text of {len(ids)} ids is too short for a window of {length} and what comes next")
    used = count * length
    return ids[:used].reshape(count, length), ids[1 : used + 1].reshape(count, length)
