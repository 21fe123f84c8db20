"""Finds shared tensors twice.

breaks: 03-06-walk
"""
#| export
def walk(thing):
    found = [thing] if isinstance(thing, (Tensor, Layer)) else []
    if isinstance(thing, Layer):
        thing = list(vars(thing).values())
    if isinstance(thing, dict):
        thing = list(thing.values())
    if isinstance(thing, (list, tuple)):
        for item in thing:
            found += walk(item)
    return found
