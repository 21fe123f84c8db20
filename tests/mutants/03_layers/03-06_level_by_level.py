"""Goes through the tree level by level, so a layer's tensors do not follow it.

breaks: 03-06-walk
"""
#| export
def walk(thing):
    found, seen, waiting = [], set(), [thing]
    while waiting:
        item = waiting.pop(0)
        if id(item) in seen:
            continue
        seen.add(id(item))
        if isinstance(item, (Layer, Tensor)):
            found.append(item)
        if isinstance(item, Layer):
            waiting.extend(vars(item).values())
        elif isinstance(item, dict):
            waiting.extend(item.values())
        elif isinstance(item, (list, tuple)):
            waiting.extend(item)
    return found
