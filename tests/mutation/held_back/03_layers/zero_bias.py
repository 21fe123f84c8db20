"""Another shape of a mistake, or another mistake.

breaks: 03-03-linear-init
means: 03-03_bias_of_zeros
"""


@method_of(Linear)
def __init__(self, in_features, out_features, bias=True):
    if min(in_features, out_features) < 1:
        raise ValueError(f"at least one feature on each side, not {in_features} and {out_features}")
    self.weight = uniform_init((in_features, out_features), in_features)
    self.bias = Tensor(np.zeros(out_features, dtype=np.float32), requires_grad=True) if bias else None
