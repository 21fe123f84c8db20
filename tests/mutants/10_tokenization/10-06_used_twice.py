"""Uses the middle one twice.

breaks: 10-06-merge
"""
#| export
def merge(ids, pair, new):
    merged = []
    for place, each in enumerate(ids):
        if tuple(ids[place : place + 2]) == pair:
            merged.append(new)
        elif not (place and tuple(ids[place - 1 : place + 1]) == pair):
            merged.append(each)
    return merged
