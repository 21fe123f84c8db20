"""Another shape of a mistake, or another mistake.

breaks: 03-07-parameters
means: 03-07_own_only
"""


@method_of(Layer)
def parameters(self):
    return [v for v in self.__dict__.values() if isinstance(v, Tensor) and v.requires_grad]
