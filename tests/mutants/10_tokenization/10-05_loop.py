"""Counts in a plain dictionary.

right: 10-05-pair-counts
"""
#| export
def pair_counts(ids):
    counts = {}
    for place in range(len(ids) - 1):
        pair = (ids[place], ids[place + 1])
        counts[pair] = counts.get(pair, 0) + 1
    return counts
