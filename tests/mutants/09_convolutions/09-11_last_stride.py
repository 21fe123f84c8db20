"""Remembers the stride of the layer before only.

breaks: 09-11-receptive-field
"""
def receptive_field(kernels):
    seen = apart = 1
    for size, stride in kernels:
        seen += (size - 1) * apart
        apart = stride
    return seen
