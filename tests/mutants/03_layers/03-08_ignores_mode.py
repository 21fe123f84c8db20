"""Always switches to training.

breaks: 03-08-train
"""
#| exporti
@method_of(Layer)
def train(self, mode=True):
    for item in walk(self):
        if isinstance(item, Layer):
            item.training = True
    return self
