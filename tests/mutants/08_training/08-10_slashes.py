"""Joins with slashes.

breaks: 08-10-named-parameters
"""
#| export
def named_parameters(model):
    found, seen = {}, set()

    def visit(thing, path):
        if id(thing) in seen:
            return
        seen.add(id(thing))
        if isinstance(thing, Tensor) and thing.requires_grad:
            found["/".join(path)] = thing
        for name, item in inside(thing):
            visit(item, (*path, name))

    visit(model, ())
    return found
