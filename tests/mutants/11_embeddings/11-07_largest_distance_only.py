"""Only the pairs that are exactly `window` apart.

breaks: 11-07-neighbour-pairs
"""
def neighbour_pairs(ids, window):
    left, right = ids[:-window], ids[window:]
    known = (left >= 0) & (right >= 0)
    return np.concatenate([left[known], right[known]]), np.concatenate([right[known], left[known]])
