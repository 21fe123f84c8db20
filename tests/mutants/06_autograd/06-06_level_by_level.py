"""Goes level by level from the root; a short way round comes before a long one.

breaks: 06-06-topological-order
general: yes
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
    order, seen = [root], {root}
    for node in order:
        for before in node.next_functions:
            if isinstance(before, Function) and before not in seen:
                seen.add(before)
                order.append(before)
    return order
