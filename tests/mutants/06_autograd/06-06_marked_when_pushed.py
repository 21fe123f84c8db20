"""Marks a note as seen when it is pushed, so that a longer way to it is lost.

breaks: 06-06-topological-order
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
    order, seen, stack = [], {root}, [(root, False)]
    while stack:
        node, done = stack.pop()
        if done:
            order.append(node)
            continue
        stack.append((node, True))
        for before in node.next_functions:
            if isinstance(before, Function) and before not in seen:
                seen.add(before)
                stack.append((before, False))
    return order[::-1]
