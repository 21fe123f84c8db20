"""Depth first with a stack of iterators over the inputs.

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
    order, seen = [], {id(root)}
    stack = [(root, iter(root.next_functions))]
    while stack:
        node, inputs = stack[-1]
        for before in inputs:
            if isinstance(before, Function) and id(before) not in seen:
                seen.add(id(before))
                stack.append((before, iter(before.next_functions)))
                break
        else:
            order.append(node)
            stack.pop()
    order.reverse()
    return order
