"""Changes the tensor itself and returns it.

breaks: 01-07-reshape
"""
#| exporti
@method_of(Tensor)
def reshape(self, *shape):
    self.data = self.data.reshape(*shape)
    return self
