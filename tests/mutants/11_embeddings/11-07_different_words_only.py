"""A word beside itself is no pair.

breaks: 11-07-neighbour-pairs
hidden: yes
"""
def neighbour_pairs(ids, window):
    words, neighbours = [ids[:0]], [ids[:0]]
    for distance in range(1, window + 1):
        left, right = ids[:-distance], ids[distance:]
        known = (left >= 0) & (right >= 0) & (left != right)
        words += [left[known], right[known]]
        neighbours += [right[known], left[known]]
    return np.concatenate(words), np.concatenate(neighbours)
