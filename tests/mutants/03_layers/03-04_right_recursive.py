"""Measures the first layer and lets itself do the rest.

right: 03-04-activation-stds
"""
def activation_stds(layers, x):
    if len(layers) == 0:
        return []
    after = layers[0](x)
    values = after.numpy()
    return [float(np.sqrt(((values - values.mean()) ** 2).mean()))] + activation_stds(layers[1:], after)
