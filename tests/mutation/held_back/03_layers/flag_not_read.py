"""Another shape of a mistake, or another mistake.

breaks: 03-12-mlp-parameters
means: 03-12_ignores_the_flag
"""


def mlp_parameters(sizes, bias=True):
    n = 0
    for i in range(len(sizes) - 1):
        n += (sizes[i] + 1) * sizes[i + 1]
    return n
