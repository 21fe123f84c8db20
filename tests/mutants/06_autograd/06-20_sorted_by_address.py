"""Sorts by address in memory, as if later objects always had larger ones.

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
    found, stack = {id(root): root}, [root]
    while stack:
        for tensor in stack.pop().saved_tensors:
            before = tensor._grad_fn
            if before is not None and id(before) not in found:
                found[id(before)] = before
                stack.append(before)
    return [found[key] for key in sorted(found, reverse=True)]
