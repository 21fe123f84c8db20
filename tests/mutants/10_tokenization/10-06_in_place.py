"""Changes the list that it was given.

breaks: 10-06-merge
hidden: yes
"""
#| export
def merge(ids, pair, new):
    if isinstance(ids, bytes):
        ids = list(ids)
    place = 0
    while place < len(ids) - 1:
        if (ids[place], ids[place + 1]) == pair:
            ids[place : place + 2] = [new]
        place += 1
    return ids
