"""Lets sizes pass of which one divides the other.

breaks: 01-05-broadcast-shape
hidden: yes
"""
def broadcast_shape(first, second):
    ndim = max(len(first), len(second))
    first = (1,) * (ndim - len(first)) + tuple(first)
    second = (1,) * (ndim - len(second)) + tuple(second)
    result = []
    for a, b in zip(first, second):
        small, large = min(a, b), max(a, b)
        if small and large % small:
            raise ValueError("do not fit")
        result.append(b if a == 1 else a if b == 1 else large)
    return tuple(result)
