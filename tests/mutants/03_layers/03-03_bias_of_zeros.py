"""Starts the bias at zero and forgets that it is learned.

breaks: 03-03-linear-init
"""
#| exporti
@method_of(Linear)
def __init__(self, in_features, out_features, bias=True):
    if in_features < 1 or out_features < 1:
        raise ValueError(f"not {in_features} and {out_features}")
    self.weight = uniform_init((in_features, out_features), in_features)
    self.bias = Tensor(np.zeros(out_features, np.float32)) if bias else None
