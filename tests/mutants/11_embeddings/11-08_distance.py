"""Distances of the rows as they are.

breaks: 11-08-nearest
"""
def nearest(table, id, count):
    apart = np.linalg.norm(table - table[id], axis=1)
    apart[id] = np.inf
    return np.argsort(apart)[:count]
