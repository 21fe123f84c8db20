"""Uses np.resize, which repeats or drops numbers until they fit.

breaks: 01-07-reshape
"""
#| exporti
@method_of(Tensor)
def reshape(self, *shape):
    if len(shape) == 1 and not isinstance(shape[0], int):
        shape = tuple(shape[0])
    known = 1
    for length in shape:
        if length != -1:
            known *= length
    shape = tuple(self.data.size // known if length == -1 else length for length in shape)
    return Tensor(np.resize(self.data, shape))
