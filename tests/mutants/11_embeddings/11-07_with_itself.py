"""Each word is its own neighbour as well.

breaks: 11-07-neighbour-pairs
"""
def neighbour_pairs(ids, window):
    words, neighbours = [ids[ids >= 0]], [ids[ids >= 0]]
    for distance in range(1, window + 1):
        left, right = ids[:-distance], ids[distance:]
        known = (left >= 0) & (right >= 0)
        words += [left[known], right[known]]
        neighbours += [right[known], left[known]]
    return np.concatenate(words), np.concatenate(neighbours)
