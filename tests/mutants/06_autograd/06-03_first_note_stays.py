"""Keeps an older note instead of the new one.

breaks: 06-03-record
hidden: yes
"""
#| exporti
def record(result, node):
    """Write down that the operation `node` made `result`, and return `result`.

    Afterwards ``result._grad_fn`` is `node`, and ``result.requires_grad`` is True. Nothing else changes.
    """
    if result._grad_fn is None:
        result._grad_fn = node
    result.requires_grad = True
    return result
