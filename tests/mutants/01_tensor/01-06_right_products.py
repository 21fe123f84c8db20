"""Multiplies the sizes to the right of each axis.

right: 01-06-strides
"""
import math


def row_major_strides(shape, itemsize):
    return [itemsize * math.prod(shape[axis + 1 :]) for axis in range(len(shape))]
