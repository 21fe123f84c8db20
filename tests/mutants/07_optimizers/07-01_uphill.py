"""Walks with the gradient instead of against it.

breaks: 07-01-descend
"""
def descend(gradient, start, lr, steps):
    path = [start]
    for _ in range(steps):
        path.append(path[-1] + lr * gradient(path[-1]))
    return np.array(path)
