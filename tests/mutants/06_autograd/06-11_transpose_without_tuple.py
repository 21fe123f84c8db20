"""Returns the gradient of a transposition without a tuple around it.

breaks: 06-11-moving
"""
#| export
class ReshapeBackward(Function):
    """z = a.reshape(…): the gradient is brought back to `self.original_shape`."""

    reads_inputs = False

    def __init__(self, a, original_shape):
        super().__init__(a)
        self.original_shape = original_shape

    def apply(self, grad_output):
        """The gradient of a, in a tuple."""
        return (grad_output.reshape(self.original_shape),)


class TransposeBackward(Function):
    """z = a.transpose(dim0, dim1): the gradient gets the same two axes exchanged. Negative axes count from the end.

    Both None: the last two axes were exchanged, and nothing at all if there are fewer than two.
    """

    reads_inputs = False

    def __init__(self, a, dim0=None, dim1=None):
        super().__init__(a)
        self.dim0, self.dim1 = dim0, dim1

    def apply(self, grad_output):
        """The gradient of a, in a tuple."""
        if self.dim0 is None and self.dim1 is None:
            return grad_output if grad_output.ndim < 2 else grad_output.swapaxes(-1, -2)
        return grad_output.swapaxes(self.dim0, self.dim1)


class PermuteBackward(Function):
    """z = a.permute(*axes): axis axes[i] of a is axis i of z; the way back needs the inverse order.

    Negative axes count from the end.
    """

    reads_inputs = False

    def __init__(self, a, axes):
        super().__init__(a)
        self.axes = axes

    def apply(self, grad_output):
        """The gradient of a, in a tuple."""
        axes = [axis % grad_output.ndim for axis in self.axes]
        return (grad_output.transpose(np.argsort(axes)),)
