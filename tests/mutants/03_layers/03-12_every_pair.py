"""Counts weights between all pairs of sizes.

breaks: 03-12-mlp-parameters
"""
def mlp_parameters(sizes, bias=True):
    return sum(a * b for i, a in enumerate(sizes) for b in sizes[i + 1 :]) + sum(sizes[1:])
