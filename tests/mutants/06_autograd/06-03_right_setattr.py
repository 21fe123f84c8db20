"""Sets the attributes by their names.

right: 06-03-record
"""
#| exporti
def record(result, node):
    """Write down that the operation `node` made `result`, and return `result`.

    Afterwards ``result._grad_fn`` is `node`, and ``result.requires_grad`` is True. Nothing else changes.
    """
    for name, value in {"requires_grad": True, "_grad_fn": node}.items():
        setattr(result, name, value)
    return result
