"""Stops at the first input without a gradient.

breaks: 06-07-propagate
"""
#| exporti
def propagate(node, grad_output, pending):
    """Ask the rule of `node` for the gradients of its inputs, and add each to what is pending for its target.

    An answer that is None, or whose target is None, is skipped.

    Parameters
    ----------
    node : Function
        The note. Its `next_functions` are the targets: notes, leaves, or None.
    grad_output : numpy.ndarray
        The complete gradient of its result. It is not changed, and neither is any array that a rule returned.
    pending : dict
        From targets to the gradients that have reached them so far. It is changed in place.
    """
    grads = ask(node, grad_output, pending)
    for target, grad in zip(node.next_functions, grads):
        if target is None or grad is None:
            break
        pending[target] = pending[target] + grad if target in pending else grad
