"""Each pair in one direction.

breaks: 11-07-neighbour-pairs
"""
def neighbour_pairs(ids, window):
    words, neighbours = [ids[:0]], [ids[:0]]
    for distance in range(1, window + 1):
        left, right = ids[:-distance], ids[distance:]
        known = (left >= 0) & (right >= 0)
        words.append(left[known])
        neighbours.append(right[known])
    return np.concatenate(words), np.concatenate(neighbours)
