"""Multiplies by the axis's own size before noting the step.

breaks: 01-06-strides
"""
def row_major_strides(shape, itemsize):
    strides = []
    step = itemsize
    for length in reversed(shape):
        step *= length
        strides.append(step)
    return tuple(reversed(strides))
