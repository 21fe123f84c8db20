"""Returns the cosines instead of the ids.

breaks: 11-08-nearest
"""
def nearest(table, row, count):
    directions = table / np.linalg.norm(table, axis=1, keepdims=True)
    cosines = directions @ directions[row]
    cosines[row] = -np.inf
    return np.sort(cosines)[::-1][:count]
