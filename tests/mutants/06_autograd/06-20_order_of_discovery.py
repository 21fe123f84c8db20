"""Writes operations down when they are found, not when all that use them are done.

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
    order, seen, stack = [], set(), [root]
    while stack:
        node = stack.pop()
        if node in seen:
            continue
        seen.add(node)
        order.append(node)
        for tensor in node.saved_tensors:
            if tensor._grad_fn is not None:
                stack.append(tensor._grad_fn)
    return order
