"""Sorts by the shortest distance from the root.

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
    distance, waiting = {root: 0}, [root]
    for node in waiting:
        for tensor in node.saved_tensors:
            before = tensor._grad_fn
            if before is not None and before not in distance:
                distance[before] = distance[node] + 1
                waiting.append(before)
    return sorted(distance, key=distance.get)
