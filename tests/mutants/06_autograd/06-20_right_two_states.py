"""Depth first with a dictionary of states.

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
    state, order, stack = {}, [], [root]
    while stack:
        node = stack[-1]
        if node not in state:
            state[node] = "open"
            for tensor in node.saved_tensors:
                before = tensor._grad_fn
                if before is not None and before not in state:
                    stack.append(before)
        else:
            stack.pop()
            if state[node] == "open":
                state[node] = "done"
                order.insert(len(order), node)
    return list(reversed(order))
