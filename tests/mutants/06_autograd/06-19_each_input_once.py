"""Leaves out an input that the operation uses a second time.

breaks: 06-19-walk
hidden: yes
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
        tensor.grad = gradient if tensor.grad is None else tensor.grad + gradient
        return 1
    calls, seen = 1, []
    for before, grad in zip(node.saved_tensors, node.apply(gradient)):
        if before.requires_grad and not any(before is other for other in seen):
            seen.append(before)
            calls += walk_back(before, grad)
    return calls
