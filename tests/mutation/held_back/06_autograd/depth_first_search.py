"""Another shape of a mistake, or another mistake.

breaks: 06-06-topological-order
means: 06-06_recursion
"""


def topological_order(root):
    visited = set()
    topo = []

    def build(v):
        if v not in visited:
            visited.add(v)
            for child in v.next_functions:
                if isinstance(child, Function):
                    build(child)
            topo.append(v)

    build(root)
    return list(reversed(topo))
