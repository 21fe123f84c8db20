"""Depth first with a dictionary of states.

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
    state, order, stack = {}, [], [root]
    while stack:
        node = stack[-1]
        if node not in state:
            state[node] = "open"
            stack += [t for t in node.next_functions if isinstance(t, Function) and t not in state]
        else:
            stack.pop()
            if state[node] == "open":
                state[node] = "done"
                order.insert(len(order), node)
    return list(reversed(order))
