"""Multiplies the sizes.

breaks: 09-11-receptive-field
"""
def receptive_field(kernels):
    seen = 1
    for size, stride in kernels:
        seen *= size
    return seen
