"""Another shape of a mistake, or another mistake.

breaks: 03-08-train
means: 03-08_only_itself
"""


@method_of(Layer)
def train(self, mode=True):
    self.training = bool(mode)
    return self
