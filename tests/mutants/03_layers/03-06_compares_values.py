"""Takes two tensors with equal numbers for one.

breaks: 03-06-walk
hidden: yes
"""
#| export
def walk(thing):
    found = []

    def visit(item):
        if isinstance(item, (Tensor, Layer)):
            if any(item is other or np.array_equal(getattr(item, 'data', 0), getattr(other, 'data', 1)) for other in found):
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
