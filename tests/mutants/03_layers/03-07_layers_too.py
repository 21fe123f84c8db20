"""Returns layers as well.

breaks: 03-07-parameters
"""
#| exporti
@method_of(Layer)
def parameters(self):
    return [item for item in walk(self) if isinstance(item, Layer) or item.requires_grad]
