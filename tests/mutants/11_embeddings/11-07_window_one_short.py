"""The range ends one too early.

breaks: 11-07-neighbour-pairs
"""
def neighbour_pairs(ids, window):
    words, neighbours = [ids[:0]], [ids[:0]]
    for distance in range(1, window):
        left, right = ids[:-distance], ids[distance:]
        known = (left >= 0) & (right >= 0)
        words += [left[known], right[known]]
        neighbours += [right[known], left[known]]
    return np.concatenate(words), np.concatenate(neighbours)
