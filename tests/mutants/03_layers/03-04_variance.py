"""Returns variances.

breaks: 03-04-activation-stds
"""
def activation_stds(layers, x):
    stds = []
    for layer in layers:
        x = layer(x)
        stds.append(float(x.data.var()))
    return stds
