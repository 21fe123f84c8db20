"""Fails when there is no step to make.

breaks: 07-01-descend
hidden: yes
"""
def descend(gradient, start, lr, steps):
    points = [start - lr * gradient(start)]
    for _ in range(steps - 1):
        points.append(points[-1] - lr * gradient(points[-1]))
    return np.concatenate([[start], points])
