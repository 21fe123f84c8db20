"""Counts an operation once for a user that uses it twice, but takes away twice.

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
    uses, stack, seen = {}, [root], {root}
    while stack:
        node = stack.pop()
        for before in {tensor._grad_fn for tensor in node.saved_tensors} - {None}:
            uses[before] = uses.get(before, 0) + 1
            if before not in seen:
                seen.add(before)
                stack.append(before)
    order = [root]
    for node in order:
        for tensor in node.saved_tensors:
            before = tensor._grad_fn
            if before is not None:
                uses[before] -= 1
                if uses[before] == 0:
                    order.append(before)
    return order
