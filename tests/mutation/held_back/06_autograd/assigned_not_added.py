"""Another shape of a mistake, or another mistake.

breaks: 06-05-walk
means: 06-05_overwrites
"""


def walk_back(target, gradient):
    if not isinstance(target, Tensor):
        n = 1
        grads = target.apply(gradient)
        for i in range(len(grads)):
            if target.next_functions[i] is not None:
                n = n + walk_back(target.next_functions[i], grads[i])
        return n
    target.grad = gradient
    return 1
