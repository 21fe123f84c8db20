"""Returns the parameters in reverse.

breaks: 03-07-parameters
"""
#| exporti
@method_of(Layer)
def parameters(self):
    return [item for item in walk(self) if isinstance(item, Tensor) and item.requires_grad][::-1]
