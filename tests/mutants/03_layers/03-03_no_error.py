"""Does not look at the sizes.

breaks: 03-03-linear-init
"""
#| exporti
@method_of(Linear)
def __init__(self, in_features, out_features, bias=True):
    self.weight = uniform_init((in_features, out_features), in_features)
    self.bias = uniform_init((out_features,), in_features) if bias else None
