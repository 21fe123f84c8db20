"""A table of distances between all places.

right: 11-07-neighbour-pairs
"""
def neighbour_pairs(ids, window):
    places = np.flatnonzero(ids >= 0)
    apart = np.abs(places[:, None] - places)
    i, j = np.nonzero((apart > 0) & (apart <= window))
    return ids[places[i]], ids[places[j]]
