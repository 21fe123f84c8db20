"""Products, in which long rows win.

breaks: 11-08-nearest
"""
def nearest(table, id, count):
    scores = table @ table[id]
    scores[id] = -np.inf
    return np.argsort(-scores)[:count]
