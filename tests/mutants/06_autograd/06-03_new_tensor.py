"""Records a new tensor and leaves the one that came in as it was.

breaks: 06-03-record
"""
#| exporti
def record(result, node):
    """Write down that the operation `node` made `result`, and return `result`.

    Afterwards ``result._grad_fn`` is `node`, and ``result.requires_grad`` is True. Nothing else changes.
    """
    recorded = Tensor(result.data, requires_grad=True)
    recorded._grad_fn = node
    return recorded
