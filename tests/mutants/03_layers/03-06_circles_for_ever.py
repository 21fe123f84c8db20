"""Removes doubles at the end, so a child that knows its parent is never left.

breaks: 03-06-walk
hidden: yes
"""
#| export
def walk(thing):
    everything = []

    def visit(item):
        if isinstance(item, (Tensor, Layer)):
            everything.append(item)
        if isinstance(item, Layer):
            item = list(vars(item).values())
        if isinstance(item, dict):
            item = list(item.values())
        if isinstance(item, (list, tuple)):
            for value in item:
                visit(value)

    visit(thing)
    return list({id(item): item for item in everything}.values())
