"""Gives the bias the fan-in out_features.

breaks: 03-03-linear-init
"""
#| exporti
@method_of(Linear)
def __init__(self, in_features, out_features, bias=True):
    if in_features < 1 or out_features < 1:
        raise ValueError(f"not {in_features} and {out_features}")
    self.weight = uniform_init((in_features, out_features), in_features)
    self.bias = uniform_init((out_features,), out_features) if bias else None
