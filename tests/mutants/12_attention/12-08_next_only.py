"""Looks at the next position only, not at those behind it.

breaks: 12-08-looks-ahead
"""
def looks_ahead(function, x):
    rng = np.random.default_rng(0)
    for position in range(len(x)):
        leaf = Tensor(x, requires_grad=True)
        output = function(leaf)[position]
        output.backward(rng.normal(size=output.shape))
        if leaf.grad is not None and leaf.grad[position + 1 : position + 2].any():
            return True
    return False
