"""Reaches the layers in its own attributes, not those inside them.

breaks: 03-08-train
"""
#| exporti
@method_of(Layer)
def train(self, mode=True):
    self.training = mode
    for value in vars(self).values():
        if isinstance(value, Layer):
            value.training = mode
    return self
