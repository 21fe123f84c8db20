"""Adds the gradient onto zeros of the right shape; writes the axes of size 1 itself; returns a list.

right: 06-14-sum
"""
#| export
class SumBackward(Function):
    """z = a.sum(axis): every element of a has the gradient of the sum that it went into.

    Shapes: a (…), z without the summed axes (or with size 1 there, if keepdims); the gradient has the shape of a.
    `axis` is None (all), an int or a tuple of ints; negative ones count from the end.
    """

    def __init__(self, a, axis=None, keepdims=False):
        super().__init__(a)
        self.saved_tensors, self.axis, self.keepdims = (), axis if a.ndim else None, keepdims

    def apply(self, grad_output):
        """The gradient of a, in a tuple."""
        (shape,) = self.shapes
        ndim = len(shape)
        axes = range(ndim) if self.axis is None else np.atleast_1d(self.axis)
        axes = [int(axis) % ndim for axis in axes]
        shape = [1 if axis in axes else size for axis, size in enumerate(shape)]
        grad = np.zeros(self.shapes[0], grad_output.dtype)
        grad += grad_output.reshape(shape)
        return [grad]
