"""Takes the word 0 for an unknown one.

breaks: 11-07-neighbour-pairs
"""
def neighbour_pairs(ids, window):
    words, neighbours = [], []
    for distance in range(1, window + 1):
        left, right = ids[:-distance], ids[distance:]
        known = (left > 0) & (right > 0)
        words += [left[known], right[known]]
        neighbours += [right[known], left[known]]
    return np.concatenate(words), np.concatenate(neighbours)
