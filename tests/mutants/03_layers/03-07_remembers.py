"""Keeps the first answer, although a parameter may be frozen later.

breaks: 03-07-parameters
hidden: yes
"""
#| exporti
@method_of(Layer)
def parameters(self):
    if "found" not in vars(self):
        self.found = [item for item in walk(self) if isinstance(item, Tensor) and item.requires_grad]
    return self.found
