"""Merges the first occurrence only.

breaks: 10-06-merge
"""
#| export
def merge(ids, pair, new):
    ids = list(ids)
    for place in range(len(ids) - 1):
        if (ids[place], ids[place + 1]) == pair:
            return ids[:place] + [new] + ids[place + 2 :]
    return ids
