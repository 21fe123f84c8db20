"""Moves an operation to the end when it is met again, but not what it depends on.

breaks: 06-20-topological-order
hidden: yes
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
    order, seen, stack = {}, set(), [root]
    while stack:
        node = stack.pop()
        order.pop(node, None)
        order[node] = True
        if node not in seen:
            seen.add(node)
            stack += [tensor._grad_fn for tensor in node.saved_tensors if tensor._grad_fn is not None]
    return list(order)
