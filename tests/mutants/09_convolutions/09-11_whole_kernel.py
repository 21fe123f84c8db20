"""Adds a kernel's whole size.

breaks: 09-11-receptive-field
"""
def receptive_field(kernels):
    seen = apart = 1
    for size, stride in kernels:
        seen += size * apart
        apart *= stride
    return seen
