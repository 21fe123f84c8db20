"""Goes through the order from its end.

breaks: 06-22-backward
"""
#| exporti
@method_of(Tensor)
def backward(self, gradient=None, retain_graph=True):
    """Add to the `grad` of every leaf behind this tensor the gradient of this tensor with respect to it.

    A result on the way gets its gradient only if `retain_grad` was called on it. For a tensor that does not require a
    gradient there is nothing to do: the call returns.

    Parameters
    ----------
    gradient : array-like or Tensor, optional
        The gradient of the loss with respect to this tensor, in its shape. A single number needs none: 1.
    retain_graph : bool
        With False the graph is freed on the way, and a second call raises RuntimeError.

    Raises
    ------
    ValueError
        If `gradient` is missing or has the wrong shape.
    RuntimeError
        If a rule fails, or the graph has been freed. No gradient has been changed then.
    """
    if not self.requires_grad:
        return
    gradient = first_gradient(self, gradient)
    order = topological_order(self._grad_fn) if self._grad_fn else []
    pending, owned, kept = {self._grad_fn or self: gradient}, set(), []
    try:
        for node in reversed(order):
            grad_output = pending.pop(node, None)
            if grad_output is None:
                continue
            if node.retained is not None:
                kept.append((node.retained(), grad_output))
            propagate(node, grad_output, pending, owned)
            if not retain_graph:
                free(node)
    except Exception as error:
        explain(node, grad_output, error)
    for leaf, grad in pending.items():
        deposit(leaf, grad, leaf in owned)
    for result, grad in kept:
        deposit(result, grad, False)
