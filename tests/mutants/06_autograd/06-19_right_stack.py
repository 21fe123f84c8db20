"""Keeps what is still to be done in a list instead of calling itself, and copies.

right: 06-19-walk
"""
def walk_back(tensor, gradient):
    """Bring a gradient back to all leaves behind a tensor, by recursion.

    Parameters
    ----------
    tensor : Tensor, or an outline of one
        Where the gradient has arrived. A leaf adds it to its `grad`.
    gradient : numpy.ndarray
        dL/d(tensor). It is not changed.

    Returns
    -------
    int
        How many calls of `walk_back` it took, this one included. An input that requires no gradient is not called.
    """
    waiting, calls = [(tensor, gradient)], 0
    while waiting:
        here, arrived = waiting.pop()
        calls += 1
        if here._grad_fn is None:
            here.grad = arrived.copy() if here.grad is None else here.grad + arrived
            continue
        grads = here._grad_fn.apply(arrived)
        waiting += [pair for pair in zip(here._grad_fn.saved_tensors, grads) if pair[0].requires_grad]
    return calls
