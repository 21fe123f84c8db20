"""Runs in circles where a layer knows its parent.

breaks: 08-10-named-parameters
"""
#| export
def named_parameters(model):
    found, seen = {}, set()

    def visit(thing, path):
        if isinstance(thing, Tensor) and thing.requires_grad and id(thing) not in seen:
            seen.add(id(thing))
            found[".".join(path)] = thing
        for name, item in inside(thing):
            visit(item, (*path, name))

    visit(model, ())
    return found
