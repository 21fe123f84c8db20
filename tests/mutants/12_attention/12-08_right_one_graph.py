"""One graph, and a gradient that is zero except in one row.

right: 12-08-looks-ahead
"""
def looks_ahead(function, x):
    leaf = Tensor(x, requires_grad=True)
    output = function(leaf)
    for t in range(x.shape[0]):
        leaf.grad = None
        weights = np.zeros(output.shape)
        weights[t] = 1 + np.random.default_rng(t).random(output.shape[1:])
        output.backward(weights)
        if leaf.grad is not None and np.count_nonzero(leaf.grad[t + 1 :]):
            return True
    return False
