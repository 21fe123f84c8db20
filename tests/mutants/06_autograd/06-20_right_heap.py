"""Gives each operation a number when it is finished, and takes the largest number first from a heap.

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
    import heapq

    number, entered, stack = {}, set(), [(root, False)]
    while stack:
        node, done = stack.pop()
        if done:
            number[node] = len(number)
        elif node not in entered:
            entered.add(node)
            stack.append((node, True))
            stack += [(t._grad_fn, False) for t in node.saved_tensors if t._grad_fn is not None]
    order, heap, seen = [], [(-number[root], id(root), root)], {root}
    while heap:
        node = heapq.heappop(heap)[2]
        order.append(node)
        for tensor in node.saved_tensors:
            before = tensor._grad_fn
            if before is not None and before not in seen:
                seen.add(before)
                heapq.heappush(heap, (-number[before], id(before), before))
    return order
