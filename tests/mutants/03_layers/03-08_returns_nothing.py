"""Forgets to return the layer.

breaks: 03-08-train
"""
#| exporti
@method_of(Layer)
def train(self, mode=True):
    for item in walk(self):
        if isinstance(item, Layer):
            item.training = mode
