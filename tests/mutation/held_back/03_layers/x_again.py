"""Another shape of a mistake, or another mistake.

breaks: 03-04-activation-stds
means: 03-04_always_the_input
"""


def activation_stds(layers, x):
    return [float(np.std(layer(x).data)) for layer in layers]
