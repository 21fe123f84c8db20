"""Counts uses again each time a note is reached, once for every path.

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
    uses, stack = {}, [root]
    while stack:
        for before in stack.pop().next_functions:
            if isinstance(before, Function):
                uses[before] = uses.get(before, 0) + 1
                stack.append(before)
    order = [root]
    for node in order:
        for before in node.next_functions:
            if isinstance(before, Function):
                uses[before] -= 1
                if uses[before] == 0:
                    order.append(before)
    return order
