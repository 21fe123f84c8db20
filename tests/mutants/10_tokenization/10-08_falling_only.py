"""Subtracts counters with a minus, which drops what is not above 0.

breaks: 10-08-changes
"""
#| export
def merge_changes(ids, pair, new):
    merged = merge(ids, pair, new)
    return merged, dict(collections.Counter(pair_counts(merged)) - collections.Counter(pair_counts(ids)))
