"""Fills an array row by row.

right: 07-01-descend
"""
def descend(gradient, start, lr, steps):
    path = np.empty((steps + 1, len(start)))
    path[0] = start
    for k in range(steps):
        path[k + 1] = path[k] - lr * gradient(path[k])
    return path
