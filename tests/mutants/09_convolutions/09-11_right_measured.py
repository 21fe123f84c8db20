"""Marks the pixels that are needed.

right: 09-11-receptive-field
"""
def receptive_field(kernels):
    first, last = 0, 0
    for size, stride in kernels[::-1]:
        first, last = first * stride, last * stride + size - 1
    return last - first + 1
