"""Counts elements instead of bytes.

breaks: 01-06-strides
"""
def row_major_strides(shape, itemsize):
    strides = []
    step = 1
    for length in reversed(shape):
        strides.append(step)
        step *= length
    return tuple(reversed(strides))
