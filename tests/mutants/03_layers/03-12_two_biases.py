"""Has the biases of the first two layers only, as in the example.

breaks: 03-12-mlp-parameters
hidden: yes
"""
def mlp_parameters(sizes, bias=True):
    """The number of learnable numbers in Linear layers from sizes[0] to sizes[1] to sizes[2] and so on."""
    weights = sum(sizes[i] * sizes[i + 1] for i in range(len(sizes) - 1))
    return weights + (sum(sizes[1:3]) if bias else 0)
