"""The bound is 1/fan_in.

breaks: 03-02-uniform-init
"""
#| export
def uniform_init(shape, fan_in):
    bound = 1 / fan_in
    return Tensor(generator.uniform(-bound, bound, size=shape).astype(np.float32), requires_grad=True)
