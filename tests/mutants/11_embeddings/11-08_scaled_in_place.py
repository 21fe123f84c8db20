"""Scales the caller's table.

breaks: 11-08-nearest
hidden: yes
"""
def nearest(table, id, count):
    table /= np.linalg.norm(table, axis=1, keepdims=True)
    cosines = table @ table[id]
    cosines[id] = -np.inf
    return np.argsort(-cosines)[:count]
