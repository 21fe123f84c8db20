"""Counts the first layer only.

breaks: 03-12-mlp-parameters
"""
def mlp_parameters(sizes, bias=True):
    return sizes[0] * sizes[1] + sizes[1]
