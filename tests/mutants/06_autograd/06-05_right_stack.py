"""Walks with a list instead of recursion.

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
    calls, waiting = 0, [(target, gradient)]
    while waiting:
        where, arrived = waiting.pop()
        calls += 1
        if isinstance(where, Tensor):
            where.grad = arrived if where.grad is None else where.grad + arrived
        else:
            pairs = zip(where.next_functions, where.apply(arrived))
            waiting += [(to, grad) for to, grad in pairs if to is not None]
    return calls
