"""Averages the standard deviations of the columns: the same for one dimension only.

breaks: 03-04-activation-stds
hidden: yes
"""
def activation_stds(layers, x):
    stds = []
    for layer in layers:
        x = layer(x)
        stds.append(float(x.data.std(axis=0).mean()))
    return stds
