"""Distances of the rows as they are.

breaks: 11-08-nearest
"""
def nearest(table, row, count):
    apart = np.linalg.norm(table - table[row], axis=1)
    apart[row] = np.inf
    return np.argsort(apart)[:count]
