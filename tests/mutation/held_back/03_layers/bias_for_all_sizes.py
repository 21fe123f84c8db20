"""Another shape of a mistake, or another mistake.

breaks: 03-12-mlp-parameters
means: none
"""


def mlp_parameters(sizes, bias=True):
    n = sum(a * b for a, b in zip(sizes, sizes[1:]))
    return n + sum(sizes) if bias else n
