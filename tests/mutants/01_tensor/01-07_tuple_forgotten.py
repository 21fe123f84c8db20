"""Takes separate numbers only.

breaks: 01-07-reshape
"""
#| exporti
@method_of(Tensor)
def reshape(self, *shape):
    return Tensor(np.reshape(self.data, tuple(int(length) for length in shape)))
