"""The right order by recursion, which a long graph does not survive.

breaks: 06-20-topological-order
"""
#| exporti
def topological_order(root):
    """Every operation that `root` depends on, each one once, and none before an operation that uses its result.

    Parameters
    ----------
    root : Function
        The last operation. The operations before a node are the ``tensor._grad_fn`` of its `saved_tensors`, where that
        is not None.

    Returns
    -------
    list of Function
        `root` comes first. There is no recursion, and the time is proportional to the number of operations.
    """
    order, seen = [], set()

    def visit(node):
        seen.add(node)
        for tensor in node.saved_tensors:
            if tensor._grad_fn is not None and tensor._grad_fn not in seen:
                visit(tensor._grad_fn)
        order.append(node)

    visit(root)
    return order[::-1]
