"""Multiplies all sizes.

breaks: 03-12-mlp-parameters
"""
def mlp_parameters(sizes, bias=True):
    return math.prod(sizes) + sum(sizes[1:])
