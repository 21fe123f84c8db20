"""Another shape of a mistake, or another mistake.

breaks: 06-05-walk
means: 06-05_counts_leaves_only
"""


def walk_back(target, gradient):
    if isinstance(target, Tensor):
        target.grad = gradient if target.grad is None else target.grad + gradient
        return 1
    return sum(walk_back(f, g) for f, g in zip(target.next_functions, target.apply(gradient)) if f is not None)
