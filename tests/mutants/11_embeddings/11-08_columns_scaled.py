"""Divides by the lengths of the columns.

breaks: 11-08-nearest
"""
def nearest(table, id, count):
    directions = table / np.linalg.norm(table, axis=0)
    cosines = directions @ directions[id]
    cosines[id] = -np.inf
    return np.argsort(-cosines)[:count]
