"""Depth first with a stack of iterators over the inputs.

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
    order, seen = [], {id(root)}
    stack = [(root, iter(root.saved_tensors))]
    while stack:
        node, inputs = stack[-1]
        for tensor in inputs:
            before = tensor._grad_fn
            if before is not None and id(before) not in seen:
                seen.add(id(before))
                stack.append((before, iter(before.saved_tensors)))
                break
        else:
            order.append(node)
            stack.pop()
    order.reverse()
    return order
