"""Returns all tensors, learned or not.

breaks: 03-07-parameters
"""
#| exporti
@method_of(Layer)
def parameters(self):
    return [item for item in walk(self) if isinstance(item, Tensor)]
