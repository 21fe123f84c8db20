"""Twenty windows at most.

breaks: 13-08-pairs
hidden: yes
"""
#| export
def next_token_pairs(ids, length):
    ids = np.asarray(ids)
    count = min((len(ids) - 1) // length, 20)
    if count < 1:
        raise ValueError(f"a text of {len(ids)} ids is too short for a window of {length} and what comes next")
    used = count * length
    return ids[:used].reshape(count, length), ids[1 : used + 1].reshape(count, length)
