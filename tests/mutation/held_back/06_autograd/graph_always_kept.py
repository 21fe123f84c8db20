"""Another shape of a mistake, or another mistake.

breaks: 06-08-backward
means: 06-08_never_freed
"""


@method_of(Tensor)
def backward(self, gradient=None, retain_graph=True):
    if not self.requires_grad:
        warnings.warn("backward() found nothing to do: no leaf behind this tensor has requires_grad=True", stacklevel=2)
        return
    root = edge(self)
    order = [] if root is self else topological_order(root)
    pending = {root: first_gradient(self, gradient)}
    for node in order:
        if node in pending:
            propagate(node, pending.pop(node), pending)
    deposit(pending)
