"""Normalizes columns instead of rows.

breaks: 13-01-composed
"""
def composed_layer_norm(x, weight, bias, eps=1e-5):
    centred = x - x.mean(axis=0, keepdims=True)
    variance = (centred * centred).mean(axis=0, keepdims=True)
    return centred / (variance + eps).sqrt() * weight + bias
