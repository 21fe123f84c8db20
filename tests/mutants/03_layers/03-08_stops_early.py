"""Does nothing when the layer itself is in the right mode already.

breaks: 03-08-train
hidden: yes
"""
#| exporti
@method_of(Layer)
def train(self, mode=True):
    if self.training == mode:
        return self
    for item in walk(self):
        if isinstance(item, Layer):
            item.training = mode
    return self
