"""Adds the calls up in one expression, and begins a leaf with zeros.

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
    node = tensor._grad_fn
    if node is not None:
        pairs = zip(node.saved_tensors, node.apply(gradient))
        return 1 + sum(walk_back(before, grad) for before, grad in pairs if before.requires_grad)
    if tensor.grad is None:
        tensor.grad = np.zeros_like(gradient)
    tensor.grad = tensor.grad + gradient
    return 1
