"""Counts in a table with a place for each pair of bytes.

breaks: 10-05-pair-counts
hidden: yes
"""
#| export
def pair_counts(ids):
    table = [[0] * 256 for _ in range(256)]
    for left, right in zip(ids, ids[1:]):
        table[left][right] += 1
    return {(a, b): table[a][b] for a in range(256) for b in range(256) if table[a][b]}
