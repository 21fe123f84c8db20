"""Walks to constants too.

breaks: 06-19-walk
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
    node = tensor._grad_fn
    if node is None:
        if gradient is not None:
            tensor.grad = gradient if tensor.grad is None else tensor.grad + gradient
        return 1
    calls = 1
    for before, grad in zip(node.saved_tensors, node.apply(gradient)):
        calls += walk_back(before, grad)
    return calls
