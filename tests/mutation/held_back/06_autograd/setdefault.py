"""Another shape of a mistake, or another mistake.

breaks: 06-07-propagate
means: 06-07_first_one_only
"""


def propagate(node, grad_output, pending):
    grads = ask(node, grad_output, pending)
    for target, grad in zip(node.next_functions, grads):
        if target is not None and grad is not None:
            pending.setdefault(target, grad)
