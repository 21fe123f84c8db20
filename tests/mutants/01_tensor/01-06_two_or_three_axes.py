"""Has one case for two axes and one for three.

breaks: 01-06-strides
hidden: yes
"""
def row_major_strides(shape, itemsize):
    if len(shape) == 2:
        return (shape[1] * itemsize, itemsize)
    return (shape[1] * shape[2] * itemsize, shape[2] * itemsize, itemsize)
