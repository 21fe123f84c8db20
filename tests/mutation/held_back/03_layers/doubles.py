"""Another shape of a mistake, or another mistake.

breaks: 03-02-uniform-init
means: 03-02_float64
"""


def uniform_init(shape, fan_in):
    limit = fan_in**-0.5
    return Tensor(generator.uniform(low=-limit, high=limit, size=shape), requires_grad=True)
