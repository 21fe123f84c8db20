"""Compares only as many places as the shorter shape has.

breaks: 01-05-broadcast-shape
"""
def broadcast_shape(first, second):
    result = []
    for a, b in zip(reversed(first), reversed(second)):
        if a != b and a != 1 and b != 1:
            raise ValueError("do not fit")
        result.append(max(a, b))
    return tuple(reversed(result))
