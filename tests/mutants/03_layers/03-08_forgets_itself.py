"""Switches the layers inside, but not the layer itself.

breaks: 03-08-train
"""
#| exporti
@method_of(Layer)
def train(self, mode=True):
    for item in walk(self):
        if isinstance(item, Layer) and item is not self:
            item.training = mode
    return self
