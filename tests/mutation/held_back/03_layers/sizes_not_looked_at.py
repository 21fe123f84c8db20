"""Another shape of a mistake, or another mistake.

breaks: 03-03-linear-init
means: 03-03_no_error
"""


@method_of(Linear)
def __init__(self, in_features, out_features, bias=True):
    self.weight = uniform_init((in_features, out_features), fan_in=in_features)
    if bias:
        self.bias = uniform_init((out_features,), fan_in=in_features)
    else:
        self.bias = None
