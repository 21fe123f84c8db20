"""Keeps pairs that stay as frequent as they were.

breaks: 10-08-changes
"""
#| export
def merge_changes(ids, pair, new):
    merged = merge(ids, pair, new)
    before, after = pair_counts(ids), pair_counts(merged)
    return merged, {each: after.get(each, 0) - before.get(each, 0) for each in {*before, *after}}
