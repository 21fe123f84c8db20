"""Lists the standard deviation of the input too.

breaks: 03-04-activation-stds
"""
def activation_stds(layers, x):
    stds = [float(x.data.std())]
    for layer in layers:
        x = layer(x)
        stds.append(float(x.data.std()))
    return stds
