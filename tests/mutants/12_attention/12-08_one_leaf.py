"""Lets the gradients of all positions add up in one leaf.

breaks: 12-08-looks-ahead
"""
def looks_ahead(function, x):
    rng, leaf = np.random.default_rng(0), Tensor(x, requires_grad=True)
    for position in reversed(range(len(x))):
        output = function(leaf)[position]
        output.backward(rng.normal(size=output.shape))
        if leaf.grad is not None and leaf.grad[position + 1 :].any() and position + 2 >= len(x):
            return True
    return False
