"""Returns the changes without the ids.

breaks: 10-08-changes
"""
#| export
def merge_changes(ids, pair, new):
    before, after = pair_counts(ids), pair_counts(merge(ids, pair, new))
    changes = {each: after.get(each, 0) - before.get(each, 0) for each in {*before, *after}}
    return {each: change for each, change in changes.items() if change}
