"""Drops the first in the order, whichever that is.

breaks: 11-08-nearest
"""
def nearest(table, row, count):
    directions = table / np.linalg.norm(table, axis=1, keepdims=True)
    return np.argsort(-(directions @ directions[row]), kind="stable")[1 : count + 1]
