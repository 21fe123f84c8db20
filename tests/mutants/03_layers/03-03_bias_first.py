"""Draws the bias before the weight: the same seed gives other networks.

breaks: 03-03-linear-init
"""
#| exporti
@method_of(Linear)
def __init__(self, in_features, out_features, bias=True):
    if in_features < 1 or out_features < 1:
        raise ValueError(f"not {in_features} and {out_features}")
    self.bias = uniform_init((out_features,), in_features) if bias else None
    self.weight = uniform_init((in_features, out_features), in_features)
