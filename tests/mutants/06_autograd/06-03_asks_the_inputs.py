"""Leaves it to the inputs whether the result wants a gradient, which its caller has decided.

breaks: 06-03-record
"""
#| exporti
def record(result, node):
    """Write down that the operation `node` made `result`, and return `result`.

    Afterwards ``result._grad_fn`` is `node`, and ``result.requires_grad`` is True. Nothing else changes.
    """
    result._grad_fn = node
    result.requires_grad = any(tensor.requires_grad for tensor in node.saved_tensors)
    return result
