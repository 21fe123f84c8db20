"""Forgets requires_grad.

breaks: 03-02-uniform-init
"""
#| export
def uniform_init(shape, fan_in):
    bound = 1 / math.sqrt(fan_in)
    return Tensor(generator.uniform(-bound, bound, size=shape).astype(np.float32))
