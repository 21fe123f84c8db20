"""Returns after the first input.

breaks: 06-05-walk
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
    if isinstance(target, Tensor):
        target.grad = gradient if target.grad is None else target.grad + gradient
        return 1
    calls = 1
    for before, grad in zip(target.next_functions, target.apply(gradient)):
        if before is not None:
            return calls + walk_back(before, grad)
    return calls
