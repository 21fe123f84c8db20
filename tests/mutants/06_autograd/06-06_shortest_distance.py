"""Sorts by the shortest distance from the root.

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
    distance, waiting = {root: 0}, [root]
    for node in waiting:
        for before in node.next_functions:
            if isinstance(before, Function) and before not in distance:
                distance[before] = distance[node] + 1
                waiting.append(before)
    return sorted(distance, key=distance.get)
