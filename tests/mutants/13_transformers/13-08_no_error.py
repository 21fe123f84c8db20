"""No windows, no error.

breaks: 13-08-pairs
"""
#| export
def next_token_pairs(ids, length):
    ids = np.asarray(ids)
    count = (len(ids) - 1) // length
    used = count * length
    return ids[:used].reshape(count, length), ids[1 : used + 1].reshape(count, length)
