"""Looks back at what it has written.

right: 10-06-merge
"""
#| export
def merge(ids, pair, new):
    merged, free = [], False
    for each in ids:
        if free and merged[-1] == pair[0] and each == pair[1]:
            merged[-1], free = new, False
        else:
            merged.append(each)
            free = True
    return merged
