"""Counts the inputs of each note and works upwards from those without any.

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
    users, missing, stack = {root: []}, {}, [root]
    while stack:
        node = stack.pop()
        found = [t for t in node.next_functions if isinstance(t, Function)]
        missing[node] = len(found)
        for before in found:
            if before not in users:
                users[before] = []
                stack.append(before)
            users[before].append(node)
    upwards = [node for node in users if missing[node] == 0]
    for node in upwards:
        for user in users[node]:
            missing[user] -= 1
            if missing[user] == 0:
                upwards.append(user)
    return upwards[::-1]
