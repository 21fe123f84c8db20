"""Takes the opposite direction for near.

breaks: 11-08-nearest
"""
def nearest(table, id, count):
    directions = table / np.linalg.norm(table, axis=1, keepdims=True)
    cosines = np.abs(directions @ directions[id])
    cosines[id] = -np.inf
    return np.argsort(-cosines)[:count]
