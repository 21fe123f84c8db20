"""Jumps over a pair that it has counted.

breaks: 10-05-pair-counts
"""
#| export
def pair_counts(ids):
    counts, place = {}, 0
    while place < len(ids) - 1:
        pair = (ids[place], ids[place + 1])
        counts[pair] = counts.get(pair, 0) + 1
        place += 2 if ids[place] == ids[place + 1] else 1
    return counts
