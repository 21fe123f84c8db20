"""Looks for attributes called weight, bias, w or u.

breaks: 03-07-parameters
hidden: yes
"""
#| exporti
@method_of(Layer)
def parameters(self):
    names = ("weight", "bias", "w", "u")
    found = []
    for layer in walk(self):
        if isinstance(layer, Layer):
            found += [getattr(layer, name) for name in names if isinstance(getattr(layer, name, None), Tensor)]
    return found
