"""Asks the first output only.

breaks: 12-08-looks-ahead
"""
def looks_ahead(function, x):
    leaf = Tensor(x, requires_grad=True)
    output = function(leaf)[0]
    output.backward(np.random.default_rng(0).normal(size=output.shape))
    return bool(leaf.grad is not None and leaf.grad[1:].any())
