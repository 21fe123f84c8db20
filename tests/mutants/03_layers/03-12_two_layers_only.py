"""Written for three sizes.

breaks: 03-12-mlp-parameters
"""
def mlp_parameters(sizes, bias=True):
    a, b, c = sizes
    return a * b + b * c + (b + c if bias else 0)
