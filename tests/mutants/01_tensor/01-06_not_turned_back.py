"""Forgets to turn the list back.

breaks: 01-06-strides
"""
def row_major_strides(shape, itemsize):
    strides = []
    step = itemsize
    for length in reversed(shape):
        strides.append(step)
        step *= length
    return tuple(strides)
