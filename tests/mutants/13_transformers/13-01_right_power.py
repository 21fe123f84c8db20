"""Powers instead of square and root.

right: 13-01-composed
"""
def composed_layer_norm(x, weight, bias, eps=1e-5):
    centred = x - x.mean(axis=-1, keepdims=True)
    variance = (centred**2).mean(axis=-1, keepdims=True)
    return centred * (variance + eps) ** -0.5 * weight + bias
