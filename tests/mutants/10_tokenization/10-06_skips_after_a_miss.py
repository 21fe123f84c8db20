"""Moves on by two when the left one fits and the right one does not.

breaks: 10-06-merge
hidden: yes
"""
#| export
def merge(ids, pair, new):
    merged, place = [], 0
    while place < len(ids):
        if ids[place] == pair[0] and place + 1 < len(ids):
            if ids[place + 1] == pair[1]:
                merged.append(new)
            else:
                merged += ids[place : place + 2]
            place += 2
        else:
            merged.append(ids[place])
            place += 1
    return merged
