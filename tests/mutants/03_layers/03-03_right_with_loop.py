"""Checks the sizes in a loop and sets the bias to None first.

right: 03-03-linear-init
"""
#| exporti
@method_of(Linear)
def __init__(self, in_features, out_features, bias=True):
    for size in (in_features, out_features):
        if size <= 0:
            raise ValueError("sizes have to be positive: %d, %d" % (in_features, out_features))
    shape = in_features, out_features
    self.weight = uniform_init(shape=shape, fan_in=in_features)
    self.bias = None
    if bias:
        self.bias = uniform_init(shape=shape[1:], fan_in=in_features)
