"""Takes 4 bytes for granted.

breaks: 01-06-strides
hidden: yes
"""
def row_major_strides(shape, itemsize):
    strides = []
    step = 4
    for length in reversed(shape):
        strides.append(step)
        step *= length
    return tuple(reversed(strides))
