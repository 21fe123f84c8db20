"""Returns the layer's own tensors, not those of layers inside it.

breaks: 03-07-parameters
"""
#| exporti
@method_of(Layer)
def parameters(self):
    return [item for item in vars(self).values() if isinstance(item, Tensor) and item.requires_grad]
