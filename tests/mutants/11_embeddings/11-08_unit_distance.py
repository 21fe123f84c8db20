"""Distances of rows of length 1, in the same order as cosines.

right: 11-08-nearest
"""
def nearest(table, row, count):
    unit = table / np.sqrt((table * table).sum(axis=1, keepdims=True))
    apart = ((unit - unit[row]) ** 2).sum(axis=1)
    order = np.argsort(apart, kind="stable")
    return order[order != row][:count]
