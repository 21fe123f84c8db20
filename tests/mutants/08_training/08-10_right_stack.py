"""A stack instead of recursion.

right: 08-10-named-parameters
"""
#| export
def named_parameters(model):
    found, seen, waiting = {}, set(), [("", model)]
    while waiting:
        path, thing = waiting.pop()
        if id(thing) in seen:
            continue
        seen.add(id(thing))
        if isinstance(thing, Tensor) and thing.requires_grad:
            found[path] = thing
        for name, item in reversed(inside(thing)):
            waiting.append((f"{path}.{name}" if path else name, item))
    return found
