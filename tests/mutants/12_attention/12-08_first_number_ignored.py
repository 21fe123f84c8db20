"""Weighs the numbers of an output 0, 1, 2 and so on: the first one does not count.

breaks: 12-08-looks-ahead
hidden: yes
"""
def looks_ahead(function, x):
    for position in range(len(x)):
        leaf = Tensor(x, requires_grad=True)
        output = function(leaf)[position]
        output.backward(np.arange(output.size, dtype=x.dtype))
        if leaf.grad is not None and leaf.grad[position + 1 :].any():
            return True
    return False
