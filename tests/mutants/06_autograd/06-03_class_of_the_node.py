"""Notes the kind of operation, not the operation.

breaks: 06-03-record
"""
#| exporti
def record(result, node):
    """Write down that the operation `node` made `result`, and return `result`.

    Afterwards ``result._grad_fn`` is `node`, and ``result.requires_grad`` is True. Nothing else changes.
    """
    result._grad_fn = type(node)
    result.requires_grad = True
    return result
