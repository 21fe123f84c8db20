"""Another shape of a mistake, or another mistake.

breaks: 03-02-uniform-init
means: 03-02_another_generator
"""


def uniform_init(shape, fan_in):
    limit = np.sqrt(1 / fan_in)
    return Tensor((np.random.rand(*shape) * 2 * limit - limit).astype(np.float32), requires_grad=True)
