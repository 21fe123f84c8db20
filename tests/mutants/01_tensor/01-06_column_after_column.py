"""Stores column after column, as Fortran does.

breaks: 01-06-strides
"""
def row_major_strides(shape, itemsize):
    strides = []
    step = itemsize
    for length in shape:
        strides.append(step)
        step *= length
    return tuple(strides)
