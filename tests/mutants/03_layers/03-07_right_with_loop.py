"""A loop, and a tuple instead of a list.

right: 03-07-parameters
"""
#| exporti
@method_of(Layer)
def parameters(self):
    learned = []
    for item in walk(self):
        if not isinstance(item, Layer):
            if item.requires_grad is True:
                learned.append(item)
    return tuple(learned)
