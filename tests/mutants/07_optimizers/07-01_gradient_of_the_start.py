"""Uses the first gradient for every step, which is right only where it does not change.

breaks: 07-01-descend
"""
def descend(gradient, start, lr, steps):
    path = [start]
    for _ in range(steps):
        path.append(path[-1] - lr * gradient(start))
    return np.array(path)
