"""Skips constants, but files None for an input that wants a gradient.

breaks: 06-21-propagate
"""
#| exporti
def propagate(node, grad_output, pending, owned):
    """Ask the rule of `node` for the gradients of its inputs, and add each to what is pending for that input.

    A gradient that is None, or that belongs to an input that requires none, is skipped.

    Parameters
    ----------
    node : Function
        The operation; ``node.makes_new_arrays`` says whether the arrays of its rule are nobody else's.
    grad_output : numpy.ndarray
        The complete gradient of its result. It is not changed. (Of a single number, NumPy gives scalars as gradients.)
    pending : dict
        The gradients so far. The key of an input is its operation, ``tensor._grad_fn``; of a leaf, the tensor itself.
    owned : set
        The keys whose pending array nobody else holds. Only those arrays may be added to in place. A key is noted when
        its array comes from a rule with `makes_new_arrays`, or from a sum made here.

    Raises
    ------
    ValueError
        If the shape of a gradient is not that of its input (made by `wrong_shape`), or if their numbers differ.
    """
    tensors, grads = node.saved_tensors, node.apply(grad_output)
    if len(grads) != len(tensors):
        raise ValueError(f"apply returned {len(grads)} gradients for {len(tensors)} inputs")
    for tensor, grad in zip(tensors, grads):
        if not tensor.requires_grad:
            continue
        if grad is not None and grad.shape != tensor.shape:
            raise wrong_shape(node, tensor, grad)
        key = tensor if isinstance(tensor, Function) else tensor._grad_fn or tensor
        if key not in pending:
            pending[key] = grad
            if node.makes_new_arrays:
                owned.add(key)
        elif key in owned:
            pending[key] += grad
        else:
            pending[key] = pending[key] + grad
            owned.add(key)
