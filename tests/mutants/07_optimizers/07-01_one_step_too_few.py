"""Makes one step less.

breaks: 07-01-descend
"""
def descend(gradient, start, lr, steps):
    path = [start]
    for _ in range(steps - 1):
        path.append(path[-1] - lr * gradient(path[-1]))
    return np.array(path)
