"""A set of pairs forgets how often each was there.

breaks: 11-07-neighbour-pairs
hidden: yes
"""
def neighbour_pairs(ids, window):
    pairs = set()
    for i in range(len(ids)):
        for j in range(max(0, i - window), min(len(ids), i + window + 1)):
            if i != j and ids[i] >= 0 and ids[j] >= 0:
                pairs.add((int(ids[i]), int(ids[j])))
    return np.array([a for a, _ in pairs], int), np.array([b for _, b in pairs], int)
