"""Takes tensors with equal numbers for the same.

breaks: 08-10-named-parameters
hidden: yes
"""
#| export
def named_parameters(model):
    found, seen = {}, set()

    def visit(thing, path):
        key = thing.data.tobytes() if isinstance(thing, Tensor) else id(thing)
        if key in seen:
            return
        seen.add(key)
        if isinstance(thing, Tensor) and thing.requires_grad:
            found[".".join(path)] = thing
        for name, item in inside(thing):
            visit(item, (*path, name))

    visit(model, ())
    return found
