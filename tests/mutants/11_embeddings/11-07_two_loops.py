"""Two loops over places.

right: 11-07-neighbour-pairs
"""
def neighbour_pairs(ids, window):
    words, neighbours = [], []
    for i in range(len(ids)):
        for j in range(max(0, i - window), min(len(ids), i + window + 1)):
            if i != j and ids[i] != -1 and ids[j] != -1:
                words.append(ids[i])
                neighbours.append(ids[j])
    return np.array(words, dtype=int), np.array(neighbours, dtype=int)
