"""Gives a shared tensor under each of its names.

breaks: 08-10-named-parameters
hidden: yes
"""
#| export
def named_parameters(model):
    found = {}

    def visit(thing, path, above):
        if isinstance(thing, Tensor) and thing.requires_grad:
            found[".".join(path)] = thing
        for name, item in inside(thing):
            if not any(item is other for other in above):
                visit(item, (*path, name), (*above, item))

    visit(model, (), (model,))
    return found
