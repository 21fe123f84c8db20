"""Looks at the layer's own attributes only.

breaks: 03-06-walk
"""
#| export
def walk(thing):
    found = [thing]
    for value in vars(thing).values():
        if isinstance(value, (Tensor, Layer)) and not any(value is other for other in found):
            found.append(value)
    return found
