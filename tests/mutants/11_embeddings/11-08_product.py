"""Products, in which long rows win.

breaks: 11-08-nearest
"""
def nearest(table, row, count):
    scores = table @ table[row]
    scores[row] = -np.inf
    return np.argsort(-scores)[:count]
