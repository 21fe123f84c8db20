"""Takes the first dimension for the fan-in: wrong for a bias.

breaks: 03-02-uniform-init
hidden: yes
"""
#| export
def uniform_init(shape, fan_in):
    bound = 1 / math.sqrt(shape[0])
    return Tensor(generator.uniform(-bound, bound, size=shape).astype(np.float32), requires_grad=True)
