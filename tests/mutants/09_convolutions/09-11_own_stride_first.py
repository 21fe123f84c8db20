"""Counts a layer's own stride for itself.

breaks: 09-11-receptive-field
"""
def receptive_field(kernels):
    seen = apart = 1
    for size, stride in kernels:
        apart *= stride
        seen += (size - 1) * apart
    return seen
