"""Counts a bias for each input.

breaks: 03-12-mlp-parameters
"""
def mlp_parameters(sizes, bias=True):
    return sum(a * b + a for a, b in zip(sizes, sizes[1:]))
