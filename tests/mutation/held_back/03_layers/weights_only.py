"""Another shape of a mistake, or another mistake.

breaks: 03-12-mlp-parameters
means: 03-12_forgets_biases
"""


def mlp_parameters(sizes, bias=True):
    n = 0
    for i in range(1, len(sizes)):
        n += sizes[i - 1] * sizes[i]
    return n
