"""Draws normal numbers and clips them at the bounds.

breaks: 03-02-uniform-init
hidden: yes
"""
#| export
def uniform_init(shape, fan_in):
    bound = 1 / math.sqrt(fan_in)
    numbers = np.clip(generator.standard_normal(shape) * bound, -bound, bound)
    return Tensor(numbers.astype(np.float32), requires_grad=True)
