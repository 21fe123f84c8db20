"""Another shape of a mistake, or another mistake.

breaks: 06-06-topological-order
means: 06-06_order_of_discovery 06-06_level_by_level
"""


def topological_order(root):
    found = {root: True}
    queue = [root]
    for node in queue:
        for other in node.next_functions:
            if isinstance(other, Function) and other not in found:
                found[other] = True
                queue.append(other)
    return list(found)
