"""Takes only the first known size into account when it computes the size for -1.

breaks: 01-07-reshape
hidden: yes
"""
#| exporti
@method_of(Tensor)
def reshape(self, *shape):
    if len(shape) == 1 and isinstance(shape[0], (tuple, list)):
        shape = tuple(shape[0])
    if -1 in shape:
        known = next((size for size in shape if size != -1), 1)
        shape = tuple(self.data.size // known if size == -1 else size for size in shape)
    return Tensor(self.data.reshape(shape))
