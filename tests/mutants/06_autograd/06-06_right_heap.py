"""Gives each note a number when it is finished, and takes the largest number first from a heap.

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
    import heapq

    number, entered, stack = {}, set(), [(root, False)]
    while stack:
        node, done = stack.pop()
        if done:
            number[node] = len(number)
        elif node not in entered:
            entered.add(node)
            stack.append((node, True))
            stack += [(t, False) for t in node.next_functions if isinstance(t, Function)]
    order, heap, seen = [], [(-number[root], id(root), root)], {root}
    while heap:
        node = heapq.heappop(heap)[2]
        order.append(node)
        for before in node.next_functions:
            if isinstance(before, Function) and before not in seen:
                seen.add(before)
                heapq.heappush(heap, (-number[before], id(before), before))
    return order
