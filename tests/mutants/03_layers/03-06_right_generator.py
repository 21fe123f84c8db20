"""Yields instead of returning a list.

right: 03-06-walk
"""
#| export
def walk(thing):
    seen = []

    def visit(item):
        if isinstance(item, (Layer, Tensor)):
            if any(item is other for other in seen):
                return
            seen.append(item)
            yield item
            item = list(vars(item).values()) if isinstance(item, Layer) else []
        if isinstance(item, dict):
            item = tuple(item.values())
        if isinstance(item, (list, tuple)):
            for part in item:
                yield from visit(part)

    return tuple(visit(thing))
