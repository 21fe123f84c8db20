"""Another shape of a mistake, or another mistake.

breaks: 03-03-linear-init
means: 03-03_weight_the_other_way
"""


@method_of(Linear)
def __init__(self, in_features, out_features, bias=True):
    for n in (in_features, out_features):
        if n <= 0:
            raise ValueError(f"Linear needs at least one feature on each side, got {in_features} and {out_features}")
    self.weight = uniform_init((out_features, in_features), in_features)
    self.bias = None
    if bias:
        self.bias = uniform_init((out_features,), in_features)
