"""Window by window.

right: 13-08-pairs
"""
#| export
def next_token_pairs(ids, length):
    n = len(ids)
    if n <= length:
        raise ValueError(f"{n} ids are no window of {length} and an answer")
    starts = range(0, n - length, length)
    inputs = np.array([ids[start : start + length] for start in starts])
    targets = np.array([ids[start + 1 : start + length + 1] for start in starts])
    return inputs, targets
