"""Knows the two axes of a table, first and last, and no other.

breaks: 06-14-sum
hidden: yes
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
        if self.axis is not None and not self.keepdims:
            grad_output = grad_output[None] if self.axis == 0 else grad_output[..., None]
        return (np.broadcast_to(grad_output, shape),)
