"""Takes every second place.

breaks: 10-05-pair-counts
"""
#| export
def pair_counts(ids):
    return collections.Counter(zip(ids[::2], ids[1::2]))
