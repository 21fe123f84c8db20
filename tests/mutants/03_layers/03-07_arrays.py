"""Returns the arrays instead of the tensors.

breaks: 03-07-parameters
"""
#| exporti
@method_of(Layer)
def parameters(self):
    return [item.data for item in walk(self) if isinstance(item, Tensor) and item.requires_grad]
