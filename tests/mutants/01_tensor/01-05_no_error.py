"""Takes the larger size and never complains.

breaks: 01-05-broadcast-shape
"""
def broadcast_shape(first, second):
    ndim = max(len(first), len(second))
    first = (1,) * (ndim - len(first)) + tuple(first)
    second = (1,) * (ndim - len(second)) + tuple(second)
    return tuple(max(a, b) for a, b in zip(first, second))
