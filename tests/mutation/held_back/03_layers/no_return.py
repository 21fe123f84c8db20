"""Another shape of a mistake, or another mistake.

breaks: 03-08-train
means: 03-08_returns_nothing
"""


@method_of(Layer)
def train(self, mode=True):
    layers = [l for l in walk(self) if isinstance(l, Layer)]
    for l in layers:
        l.training = mode
