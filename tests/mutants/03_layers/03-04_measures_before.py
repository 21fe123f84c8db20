"""Measures what goes into each layer.

breaks: 03-04-activation-stds
"""
def activation_stds(layers, x):
    stds = []
    for layer in layers:
        stds.append(float(x.data.std()))
        x = layer(x)
    return stds
