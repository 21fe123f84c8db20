"""The last word is a neighbour of the first.

breaks: 11-07-neighbour-pairs
"""
def neighbour_pairs(ids, window):
    words, neighbours = [], []
    for distance in range(1, window + 1):
        other = np.roll(ids, -distance)
        known = (ids >= 0) & (other >= 0)
        words += [ids[known], other[known]]
        neighbours += [other[known], ids[known]]
    return np.concatenate(words), np.concatenate(neighbours)
