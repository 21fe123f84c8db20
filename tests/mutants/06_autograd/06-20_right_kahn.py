"""Counting, as Kahn did it, with a list as the queue.

right: 06-20-topological-order
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
    uses, stack = {root: 0}, [root]
    while stack:
        for tensor in stack.pop().saved_tensors:
            before = tensor._grad_fn
            if before is not None:
                if before not in uses:
                    uses[before] = 0
                    stack.append(before)
                uses[before] += 1
    order = [root]
    for node in order:
        for tensor in node.saved_tensors:
            before = tensor._grad_fn
            if before is not None:
                uses[before] -= 1
                if uses[before] == 0:
                    order.append(before)
    return order
