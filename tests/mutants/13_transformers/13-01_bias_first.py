"""Adds the bias before it multiplies.

breaks: 13-01-composed
hidden: yes
"""
def composed_layer_norm(x, weight, bias, eps=1e-5):
    centred = x - x.mean(axis=-1, keepdims=True)
    variance = (centred * centred).mean(axis=-1, keepdims=True)
    return (centred / (variance + eps).sqrt() + bias) * weight
