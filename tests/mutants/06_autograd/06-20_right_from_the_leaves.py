"""Counts the inputs of each operation and works upwards from those without any.

right: 06-20-topological-order
"""
#| exporti
def topological_order(root):
    """Every operation that `root` depends on, each one once, and none before an operation that uses its result.

    Parameters
    ----------
    root : Function
        The last operation. The operations before a node are the ``tensor._grad_fn`` of its `saved_tensors`, where that
        is not None.

    Returns
    -------
    list of Function
        `root` comes first. There is no recursion, and the time is proportional to the number of operations.
    """
    users, missing, stack = {root: []}, {}, [root]
    while stack:
        node = stack.pop()
        found = [tensor._grad_fn for tensor in node.saved_tensors if tensor._grad_fn is not None]
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
