"""Takes the opposite direction for near.

breaks: 11-08-nearest
"""
def nearest(table, row, count):
    directions = table / np.linalg.norm(table, axis=1, keepdims=True)
    cosines = np.abs(directions @ directions[row])
    cosines[row] = -np.inf
    return np.argsort(-cosines)[:count]
