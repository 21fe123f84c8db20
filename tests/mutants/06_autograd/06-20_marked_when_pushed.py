"""Marks an operation as seen when it is pushed, so that a longer way to it is lost.

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
    order, seen, stack = [], {root}, [(root, False)]
    while stack:
        node, done = stack.pop()
        if done:
            order.append(node)
            continue
        stack.append((node, True))
        for tensor in node.saved_tensors:
            before = tensor._grad_fn
            if before is not None and before not in seen:
                seen.add(before)
                stack.append((before, False))
    return order[::-1]
