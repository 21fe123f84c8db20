"""Gives the input to each layer instead of the previous result.

breaks: 03-04-activation-stds
"""
def activation_stds(layers, x):
    return [float(layer(x).data.std()) for layer in layers]
