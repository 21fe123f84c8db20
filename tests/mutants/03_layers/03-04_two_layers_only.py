"""Written for two layers.

breaks: 03-04-activation-stds
hidden: yes
"""
def activation_stds(layers, x):
    first, second = layers
    one = first(x)
    two = second(one)
    return [float(one.data.std()), float(two.data.std())]
