"""Another shape of a mistake, or another mistake.

breaks: 03-02-uniform-init
means: 03-02_forgets_the_root
"""


def uniform_init(shape, fan_in):
    values = generator.uniform(-1.0 / fan_in, 1.0 / fan_in, shape)
    return Tensor(np.array(values, dtype="float32"), requires_grad=True)
