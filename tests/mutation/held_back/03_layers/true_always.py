"""Another shape of a mistake, or another mistake.

breaks: 03-08-train
means: 03-08_ignores_mode
"""


@method_of(Layer)
def train(self, mode=True):
    for thing in walk(self):
        if not isinstance(thing, Tensor):
            thing.training = True
    return self
