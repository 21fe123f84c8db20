"""Takes what is gone for what has come.

breaks: 10-08-changes
"""
#| export
def merge_changes(ids, pair, new):
    merged = merge(ids, pair, new)
    before, after = pair_counts(ids), pair_counts(merged)
    changes = {each: before.get(each, 0) - after.get(each, 0) for each in {*before, *after}}
    return merged, {each: change for each, change in changes.items() if change}
