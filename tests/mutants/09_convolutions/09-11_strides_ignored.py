"""Forgets that strides move places apart.

breaks: 09-11-receptive-field
"""
def receptive_field(kernels):
    return 1 + sum(size - 1 for size, _ in kernels)
