"""Divides by the lengths of the columns.

breaks: 11-08-nearest
"""
def nearest(table, row, count):
    directions = table / np.linalg.norm(table, axis=0)
    cosines = directions @ directions[row]
    cosines[row] = -np.inf
    return np.argsort(-cosines)[:count]
