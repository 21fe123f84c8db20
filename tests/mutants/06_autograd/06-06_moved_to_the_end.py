"""Moves a note to the end when it is met again, but not what it depends on.

breaks: 06-06-topological-order
hidden: yes
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
    order, seen, stack = {}, set(), [root]
    while stack:
        node = stack.pop()
        order.pop(node, None)
        order[node] = True
        if node not in seen:
            seen.add(node)
            stack += [t for t in node.next_functions if isinstance(t, Function)]
    return list(order)
