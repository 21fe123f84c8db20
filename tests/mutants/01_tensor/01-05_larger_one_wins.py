"""Takes the larger size, which is wrong for 1 against 0.

breaks: 01-05-broadcast-shape
hidden: yes
"""
def broadcast_shape(first, second):
    ndim = max(len(first), len(second))
    first = (1,) * (ndim - len(first)) + tuple(first)
    second = (1,) * (ndim - len(second)) + tuple(second)
    for a, b in zip(first, second):
        if a != b and a != 1 and b != 1:
            raise ValueError("do not fit")
    return tuple(max(a, b) for a, b in zip(first, second))
