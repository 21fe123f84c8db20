"""Another shape of a mistake, or another mistake.

breaks: 06-06-topological-order
means: 06-06_not_turned_round
"""


def topological_order(root):
    done, result, todo = set(), [], [(root, False)]
    while todo:
        node, ready = todo.pop()
        if ready:
            result.append(node)
            continue
        if node in done:
            continue
        done.add(node)
        todo.append((node, True))
        todo.extend((n, False) for n in node.next_functions if isinstance(n, Function))
    return result
