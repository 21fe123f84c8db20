"""From the last layer to the first.

right: 09-11-receptive-field
"""
def receptive_field(kernels):
    seen = 1
    for size, stride in reversed(kernels):
        seen = (seen - 1) * stride + size
    return seen
