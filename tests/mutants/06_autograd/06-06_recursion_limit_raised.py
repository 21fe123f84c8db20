"""Recursion with a higher limit, which only moves the wall.

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
    import sys

    sys.setrecursionlimit(1_000_000)
    order, seen = [], set()

    def visit(node):
        seen.add(node)
        for tensor in node.next_functions:
            if isinstance(tensor, Function) and tensor not in seen:
                visit(tensor)
        order.append(node)

    visit(root)
    return order[::-1]
