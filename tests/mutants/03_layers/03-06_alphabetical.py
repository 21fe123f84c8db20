"""Goes through the attributes in alphabetical order.

breaks: 03-06-walk
hidden: yes
"""
#| export
def walk(thing):
    found = []

    def visit(item):
        if isinstance(item, (Tensor, Layer)):
            if any(item is other for other in found):
                return
            found.append(item)
        if isinstance(item, Layer):
            item = [vars(item)[name] for name in sorted(vars(item))]
        if isinstance(item, dict):
            item = list(item.values())
        if isinstance(item, (list, tuple)):
            for value in item:
                visit(value)

    visit(thing)
    return found
