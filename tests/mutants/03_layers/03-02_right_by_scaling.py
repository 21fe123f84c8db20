"""Scales numbers from 0 to 1.

right: 03-02-uniform-init
"""
#| export
def uniform_init(shape, fan_in):
    scale = fan_in ** -0.5
    values = (2 * generator.random(shape) - 1) * scale
    parameter = Tensor(np.array(values, dtype=np.float32))
    parameter.requires_grad = True
    return parameter
