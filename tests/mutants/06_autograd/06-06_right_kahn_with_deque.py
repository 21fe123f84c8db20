"""Counting with a Counter and a deque; what is ready is taken from the other end.

right: 06-06-topological-order
"""
#| exporti
def topological_order(root):
    """Every note that `root` depends on, each one once, and none before a note that uses its result.

    Parameters
    ----------
    root : Function
        The last note. The notes before a node are those in its `next_functions`; leaves and None stand there too.

    Returns
    -------
    list of Function
        `root` comes first. There is no recursion, and the time is proportional to the number of notes.
    """
    from collections import Counter, deque

    def before(node):
        return [t for t in node.next_functions if isinstance(t, Function)]

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
