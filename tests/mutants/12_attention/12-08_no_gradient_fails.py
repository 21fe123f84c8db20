"""Does not expect a leaf without a gradient.

breaks: 12-08-looks-ahead
hidden: yes
"""
def looks_ahead(function, x):
    rng = np.random.default_rng(0)
    for position in range(len(x)):
        leaf = Tensor(x, requires_grad=True)
        output = function(leaf)[position]
        output.backward(rng.normal(size=output.shape))
        if leaf.grad[position + 1 :].any():
            return True
    return False
