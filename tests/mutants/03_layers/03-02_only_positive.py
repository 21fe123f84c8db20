"""Draws from 0 to the bound.

breaks: 03-02-uniform-init
"""
#| export
def uniform_init(shape, fan_in):
    bound = 1 / math.sqrt(fan_in)
    return Tensor(generator.random(shape).astype(np.float32) * np.float32(bound), requires_grad=True)
