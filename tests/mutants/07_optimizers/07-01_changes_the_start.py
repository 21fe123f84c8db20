"""Moves the caller's array in place.

breaks: 07-01-descend
"""
def descend(gradient, start, lr, steps):
    path = [start]
    for _ in range(steps):
        start -= lr * gradient(start)
        path.append(start.copy())
    return np.array(path)
