"""Walks from the end with negative indices and returns a list.

right: 01-05-broadcast-shape
"""
def broadcast_shape(first, second):
    sizes = []
    for place in range(-max(len(first), len(second)), 0):
        a = first[place] if -place <= len(first) else 1
        b = second[place] if -place <= len(second) else 1
        if a == b or b == 1:
            sizes.append(a)
        elif a == 1:
            sizes.append(b)
        else:
            raise ValueError(f"{a} does not fit {b}")
    return sizes
