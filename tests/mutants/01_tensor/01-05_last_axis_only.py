"""Looks for the error in the last place only.

breaks: 01-05-broadcast-shape
hidden: yes
"""
def broadcast_shape(first, second):
    if first and second and first[-1] != second[-1] and 1 not in (first[-1], second[-1]):
        raise ValueError("do not fit")
    ndim = max(len(first), len(second))
    first = (1,) * (ndim - len(first)) + tuple(first)
    second = (1,) * (ndim - len(second)) + tuple(second)
    return tuple(b if a == 1 else a for a, b in zip(first, second))
