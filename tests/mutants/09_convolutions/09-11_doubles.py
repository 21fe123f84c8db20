"""Doubles for each stride above one.

breaks: 09-11-receptive-field
hidden: yes
"""
def receptive_field(kernels):
    seen = apart = 1
    for size, stride in kernels:
        seen += (size - 1) * apart
        apart *= 1 if stride == 1 else 2
    return seen
