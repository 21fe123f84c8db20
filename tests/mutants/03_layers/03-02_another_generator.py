"""Draws from NumPy's global generator, which manual_seed does not know.

breaks: 03-02-uniform-init
"""
#| export
def uniform_init(shape, fan_in):
    bound = 1 / math.sqrt(fan_in)
    return Tensor(np.random.uniform(-bound, bound, size=shape).astype(np.float32), requires_grad=True)
