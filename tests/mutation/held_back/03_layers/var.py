"""Another shape of a mistake, or another mistake.

breaks: 03-04-activation-stds
means: 03-04_variance
"""


def activation_stds(layers, x):
    result = []
    for i in range(len(layers)):
        x = layers[i](x)
        result += [float(np.var(x.data))]
    return result
