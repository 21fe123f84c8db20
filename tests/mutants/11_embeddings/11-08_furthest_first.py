"""The smallest cosine first.

breaks: 11-08-nearest
"""
def nearest(table, row, count):
    directions = table / np.linalg.norm(table, axis=1, keepdims=True)
    cosines = directions @ directions[row]
    cosines[row] = np.inf
    return np.argsort(cosines)[:count]
