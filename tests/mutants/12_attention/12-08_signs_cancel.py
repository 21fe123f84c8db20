"""Adds up the gradients before it looks at them, and weighs the outputs 1 and 2 in turn.

breaks: 12-08-looks-ahead
hidden: yes
"""
def looks_ahead(function, x):
    for position in range(len(x)):
        leaf = Tensor(x, requires_grad=True)
        output = function(leaf)[position]
        output.backward(1.0 + np.arange(output.size) % 2)
        if leaf.grad is not None and abs(leaf.grad[position + 1 :].sum()) > 1e-8:
            return True
    return False
