"""Computes the size for -1 itself and lets NumPy's function do the rest.

right: 01-07-reshape
"""
#| exporti
@method_of(Tensor)
def reshape(self, *shape):
    if len(shape) == 1 and isinstance(shape[0], (tuple, list)):
        shape = shape[0]
    wanted = list(shape)
    if -1 in wanted:
        place = wanted.index(-1)
        known = 1
        for axis, length in enumerate(wanted):
            if axis != place:
                known *= length
        wanted[place] = self.data.size // known
    if int(np.prod(wanted)) != self.data.size:
        raise ValueError(f"{self.data.size} elements do not fit {tuple(shape)}")
    return Tensor(np.reshape(self.data, wanted))
