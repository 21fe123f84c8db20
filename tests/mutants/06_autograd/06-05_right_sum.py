"""Adds up with sum.

right: 06-05-walk
"""
def walk_back(target, gradient):
    """Bring a gradient back to all leaves behind `target`, by recursion.

    Parameters
    ----------
    target : Function or Tensor
        Where the gradient has arrived: a note, or a leaf, which adds it to its `grad`.
    gradient : numpy.ndarray
        dL/d(result of the note), or dL/d(leaf). It is not changed.

    Returns
    -------
    int
        How many calls of `walk_back` it took, this one included. For an input that wants no gradient there is none.
    """
    if not isinstance(target, Function):
        target.grad = gradient + (0 if target.grad is None else target.grad)
        return 1
    grads = target.apply(gradient)
    return 1 + sum(walk_back(to, grads[i]) for i, to in enumerate(target.next_functions) if to is not None)
