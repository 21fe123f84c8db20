"""Lets the last id be followed by the first.

breaks: 10-05-pair-counts
"""
#| export
def pair_counts(ids):
    return collections.Counter((ids[k - 1], ids[k]) for k in range(len(ids)))
