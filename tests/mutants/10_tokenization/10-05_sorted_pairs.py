"""Takes (7, 8) and (8, 7) for the same.

breaks: 10-05-pair-counts
"""
#| export
def pair_counts(ids):
    return collections.Counter(tuple(sorted(pair)) for pair in zip(ids, ids[1:]))
