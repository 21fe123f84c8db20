"""Does not reach the layers inside.

breaks: 03-08-train
"""
#| exporti
@method_of(Layer)
def train(self, mode=True):
    self.training = mode
    return self
