"""Takes the gradient of the plain sum, which a softmax keeps at 1.

breaks: 12-08-looks-ahead
"""
def looks_ahead(function, x):
    for position in range(len(x)):
        leaf = Tensor(x, requires_grad=True)
        function(leaf)[position].sum().backward()
        if leaf.grad is not None and leaf.grad[position + 1 :].any():
            return True
    return False
