"""Turns the present state around when it differs for the outermost layer.

breaks: 03-08-train
hidden: yes
"""
#| exporti
@method_of(Layer)
def train(self, mode=True):
    if self.training != mode:
        for item in walk(self):
            if isinstance(item, Layer):
                item.training = not item.training
    return self
