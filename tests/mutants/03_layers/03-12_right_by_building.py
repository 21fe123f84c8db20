"""Adds up layer by layer.

right: 03-12-mlp-parameters
"""
def mlp_parameters(sizes, bias=True):
    total = 0
    for i in range(1, len(sizes)):
        total += sizes[i - 1] * sizes[i]
        if bias:
            total += sizes[i]
    return total
