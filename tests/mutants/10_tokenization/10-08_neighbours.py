"""Corrects the counts at the neighbours of each place, as if places never touched.

breaks: 10-08-changes
hidden: yes
"""
#| export
def merge_changes(ids, pair, new):
    merged, changes, place = [], collections.Counter(), 0
    if len(set(ids)) == 1:
        merged = merge(ids, pair, new)
        changes.update(pair_counts(merged))
        changes.subtract(pair_counts(ids))
        return merged, {each: change for each, change in changes.items() if change}
    while place < len(ids):
        if tuple(ids[place : place + 2]) == tuple(pair):
            changes[tuple(pair)] -= 1
            if place:
                changes[(ids[place - 1], pair[0])] -= 1
                changes[(ids[place - 1], new)] += 1
            if place + 2 < len(ids):
                changes[(pair[1], ids[place + 2])] -= 1
                changes[(new, ids[place + 2])] += 1
            merged.append(new)
            place += 2
        else:
            merged.append(ids[place])
            place += 1
    return merged, {each: change for each, change in changes.items() if change}
