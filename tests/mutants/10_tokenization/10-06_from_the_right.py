"""Merges from the right.

breaks: 10-06-merge
"""
#| export
def merge(ids, pair, new):
    merged, place = [], len(ids) - 1
    while place >= 0:
        if place and (ids[place - 1], ids[place]) == pair:
            merged.insert(0, new)
            place -= 2
        else:
            merged.insert(0, ids[place])
            place -= 1
    return merged
