"""Sets the note, but the result does not ask for a gradient.

breaks: 06-03-record
general: yes
"""
#| exporti
def record(result, node):
    """Write down that the operation `node` made `result`, and return `result`.

    Afterwards ``result._grad_fn`` is `node`, and ``result.requires_grad`` is True. Nothing else changes.
    """
    result._grad_fn = node
    return result
