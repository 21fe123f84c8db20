"""Counts biases that are not there.

breaks: 03-12-mlp-parameters
"""
def mlp_parameters(sizes, bias=True):
    return sum(a * b + b for a, b in zip(sizes, sizes[1:]))
