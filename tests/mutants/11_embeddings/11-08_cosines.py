"""Returns the cosines instead of the ids.

breaks: 11-08-nearest
"""
def nearest(table, id, count):
    directions = table / np.linalg.norm(table, axis=1, keepdims=True)
    cosines = directions @ directions[id]
    cosines[id] = -np.inf
    return np.sort(cosines)[::-1][:count]
