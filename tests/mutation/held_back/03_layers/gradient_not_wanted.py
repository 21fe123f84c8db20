"""Another shape of a mistake, or another mistake.

breaks: 03-02-uniform-init
means: 03-02_no_gradient
"""


def uniform_init(shape, fan_in):
    limit = 1 / np.sqrt(fan_in)
    t = Tensor(np.float32(generator.uniform(-limit, limit, shape)))
    return t
