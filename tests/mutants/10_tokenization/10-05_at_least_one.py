"""Counts the first pair outside of the loop.

breaks: 10-05-pair-counts
hidden: yes
"""
#| export
def pair_counts(ids):
    counts = {(ids[0], ids[1]): 1}
    for pair in zip(ids[1:], ids[2:]):
        counts[pair] = counts.get(pair, 0) + 1
    return counts
