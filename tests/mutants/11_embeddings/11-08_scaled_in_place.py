"""Scales the caller's table.

breaks: 11-08-nearest
hidden: yes
"""
def nearest(table, row, count):
    table /= np.linalg.norm(table, axis=1, keepdims=True)
    cosines = table @ table[row]
    cosines[row] = -np.inf
    return np.argsort(-cosines)[:count]
