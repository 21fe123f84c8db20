"""Subtracts counters.

right: 10-08-changes
"""
#| export
def merge_changes(ids, pair, new):
    merged = merge(ids, pair, new)
    changes = collections.Counter(zip(merged, merged[1:]))
    changes.subtract(collections.Counter(zip(ids, ids[1:])))
    return merged, {each: n for each, n in changes.items() if n != 0}
