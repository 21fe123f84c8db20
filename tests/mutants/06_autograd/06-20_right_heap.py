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

    number, stack = {}, [root]
    while stack:
        node = stack[-1]
        missing = [t._grad_fn for t in node.saved_tensors if t._grad_fn is not None and t._grad_fn not in number]
        if node in number or not missing:
            stack.pop()
            number.setdefault(node, len(number))
        else:
            stack += missing[:1]
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
