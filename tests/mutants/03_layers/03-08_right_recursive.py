"""Lets the layers inside switch themselves.

right: 03-08-train
"""
#| exporti
@method_of(Layer)
def train(self, mode=True):
    self.training = bool(mode)
    for item in walk(self):
        if isinstance(item, Layer) and item is not self:
            item.train(mode)
    return self
