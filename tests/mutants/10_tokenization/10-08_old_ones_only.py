"""Forgets the pairs that have come.

breaks: 10-08-changes
"""
#| export
def merge_changes(ids, pair, new):
    merged = merge(ids, pair, new)
    before, after = pair_counts(ids), pair_counts(merged)
    changes = {each: after.get(each, 0) - before[each] for each in before}
    return merged, {each: change for each, change in changes.items() if change}
