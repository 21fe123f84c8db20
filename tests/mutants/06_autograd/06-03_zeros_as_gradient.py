"""Gives the result a gradient of zeros to begin with.

breaks: 06-03-record
"""
#| exporti
def record(result, node):
    """Write down that the operation `node` made `result`, and return `result`.

    Afterwards ``result._grad_fn`` is `node`, and ``result.requires_grad`` is True. Nothing else changes.
    """
    result._grad_fn = node
    result.requires_grad = True
    result.grad = np.zeros_like(result.data)
    return result
