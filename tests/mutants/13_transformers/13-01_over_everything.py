"""One mean and one variance for everything.

breaks: 13-01-composed
"""
def composed_layer_norm(x, weight, bias, eps=1e-5):
    centred = x - x.mean()
    variance = (centred * centred).mean()
    return centred / (variance + eps).sqrt() * weight + bias
