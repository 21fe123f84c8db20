"""Another shape of a mistake, or another mistake.

breaks: 06-07-propagate
means: 06-07_in_place
"""


def propagate(node, grad_output, pending):
    grads = ask(node, grad_output, pending)
    for target, grad in zip(node.next_functions, grads):
        if target is None or grad is None:
            continue
        if target not in pending:
            pending[target] = grad
        else:
            pending[target] += grad
