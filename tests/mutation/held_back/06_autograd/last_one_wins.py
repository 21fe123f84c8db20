"""Another shape of a mistake, or another mistake.

breaks: 06-07-propagate
means: 06-07_overwrites
"""


def propagate(node, grad_output, pending):
    grads = ask(node, grad_output, pending)
    for i, grad in enumerate(grads):
        target = node.next_functions[i]
        if target is None or grad is None:
            continue
        pending.update({target: grad})
