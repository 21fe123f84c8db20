"""Makes a new generator with a fixed seed at each call: all layers get the same numbers.

breaks: 03-02-uniform-init
hidden: yes
"""
#| export
def uniform_init(shape, fan_in):
    bound = 1 / math.sqrt(fan_in)
    numbers = np.random.default_rng(0).uniform(-bound, bound, size=shape)
    return Tensor(numbers.astype(np.float32), requires_grad=True)
