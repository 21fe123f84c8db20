"""The variance of a sample: divided by E - 1.

breaks: 13-01-composed
"""
def composed_layer_norm(x, weight, bias, eps=1e-5):
    centred = x - x.mean(axis=-1, keepdims=True)
    variance = (centred * centred).sum(axis=-1, keepdims=True) / (x.shape[-1] - 1)
    return centred / (variance + eps).sqrt() * weight + bias
