"""The mean as an array: its gradient is lost.

breaks: 13-01-composed
"""
def composed_layer_norm(x, weight, bias, eps=1e-5):
    centred = x - x.data.mean(axis=-1, keepdims=True)
    variance = (centred * centred).mean(axis=-1, keepdims=True)
    return centred / (variance + eps).sqrt() * weight + bias
