"""Counting with a Counter and a deque; what is ready is taken from the other end.

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
    from collections import Counter, deque

    def before(node):
        return [tensor._grad_fn for tensor in node.saved_tensors if tensor._grad_fn is not None]

    inputs, waiting = {}, [root]
    while waiting:
        node = waiting.pop()
        if node not in inputs:
            inputs[node] = before(node)
            waiting.extend(inputs[node])
    uses = Counter(each for found in inputs.values() for each in found)
    order, ready = [], deque([root])
    while ready:
        order.append(ready.popleft())
        for each in inputs[order[-1]]:
            uses[each] -= 1
            if not uses[each]:
                ready.appendleft(each)
    return order
