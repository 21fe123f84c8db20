"""Aligns the shapes on the left.

breaks: 01-05-broadcast-shape
"""
def broadcast_shape(first, second):
    ndim = max(len(first), len(second))
    first = tuple(first) + (1,) * (ndim - len(first))
    second = tuple(second) + (1,) * (ndim - len(second))
    for a, b in zip(first, second):
        if a != b and a != 1 and b != 1:
            raise ValueError("do not fit")
    return tuple(b if a == 1 else a for a, b in zip(first, second))
