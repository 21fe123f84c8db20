"""Unknown words are dropped first, so others move together.

breaks: 11-07-neighbour-pairs
"""
def neighbour_pairs(ids, window):
    ids = ids[ids >= 0]
    words, neighbours = [ids[:0]], [ids[:0]]
    for distance in range(1, window + 1):
        left, right = ids[:-distance], ids[distance:]
        words += [left, right]
        neighbours += [right, left]
    return np.concatenate(words), np.concatenate(neighbours)
