"""Sets the attribute of the class: every layer of that class changes.

breaks: 03-08-train
"""
#| exporti
@method_of(Layer)
def train(self, mode=True):
    for item in walk(self):
        if isinstance(item, Layer):
            type(item).training = mode
    return self
