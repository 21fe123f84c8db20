"""Frees the graph also where it should be kept.

breaks: 06-08-backward
general: yes
"""
#| exporti
@method_of(Tensor)
def backward(self, gradient=None, retain_graph=True):
    """Add to the `grad` of every leaf behind this tensor the gradient of this tensor with respect to it.

    A result on the way gets its gradient only if `retain_grad` was called on it. For a tensor that does not require a
    gradient there is nothing to do: the call returns, with a warning.

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
        warnings.warn("backward() found nothing to do: no leaf behind this tensor has requires_grad=True", stacklevel=2)
        return
    root = edge(self)
    order = [] if root is self else topological_order(root)
    pending = {root: first_gradient(self, gradient)}
    for node in order:
        grad_output = pending.pop(node, None)
        if grad_output is not None:
            propagate(node, grad_output, pending)
            free(node)
    deposit(pending)
