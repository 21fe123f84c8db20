"""Looks back at what it has just merged.

breaks: 10-06-merge
hidden: yes
"""
#| export
def merge(ids, pair, new):
    merged = []
    for each in ids:
        if merged and merged[-1] == pair[0] and each == pair[1]:
            merged[-1] = new
        else:
            merged.append(each)
    return merged
