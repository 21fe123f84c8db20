"""Does not open lists.

breaks: 03-06-walk
"""
#| export
def walk(thing):
    found = []

    def visit(item):
        if isinstance(item, (Tensor, Layer)) and not any(item is other for other in found):
            found.append(item)
            if isinstance(item, Layer):
                for value in vars(item).values():
                    visit(value)

    visit(thing)
    return found
