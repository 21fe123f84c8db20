"""Leaves out tensors that require no gradient.

breaks: 03-06-walk
hidden: yes
"""
#| export
def walk(thing):
    found = []

    def visit(item):
        if isinstance(item, (Tensor, Layer)):
            if any(item is other for other in found) or isinstance(item, Tensor) and not item.requires_grad:
                return
            found.append(item)
        if isinstance(item, Layer):
            item = list(vars(item).values())
        if isinstance(item, dict):
            item = list(item.values())
        if isinstance(item, (list, tuple)):
            for value in item:
                visit(value)

    visit(thing)
    return found
