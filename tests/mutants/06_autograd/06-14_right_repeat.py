"""Repeats along one axis after the other.

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
        shape = self.shapes[0]
        grad = grad_output
        if self.axis is None:
            return (np.full(shape, grad.reshape(-1)[0], grad.dtype),)
        axes = self.axis if isinstance(self.axis, tuple) else (self.axis,)
        for axis in sorted(axis % len(shape) for axis in axes):
            if not self.keepdims:
                grad = np.expand_dims(grad, axis)
            grad = grad.repeat(shape[axis], axis=axis)
        return (grad,)
