"""The row itself is the nearest.

breaks: 11-08-nearest
"""
def nearest(table, id, count):
    directions = table / np.linalg.norm(table, axis=1, keepdims=True)
    return np.argsort(-(directions @ directions[id]))[:count]
