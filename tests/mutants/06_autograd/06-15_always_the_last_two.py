"""Exchanges the last two axes, whichever were exchanged.

breaks: 06-15-moving
general: yes
"""
#| export
class ReshapeBackward(Function):
    """z = a.reshape(…): the gradient is brought back to `self.original_shape`."""

    def __init__(self, a, original_shape):
        super().__init__(a)
        self.saved_tensors, self.original_shape = (), original_shape

    def apply(self, grad_output):
        """The gradient of a, in a tuple."""
        return (grad_output.reshape(self.original_shape),)


class TransposeBackward(Function):
    """z = a.transpose(dim0, dim1): the gradient gets the same two axes exchanged."""

    def __init__(self, a, dim0=None, dim1=None):
        super().__init__(a)
        if dim0 is None and dim1 is None:
            dim0, dim1 = (-2, -1) if a.ndim > 1 else (0, 0)
        self.saved_tensors, self.dim0, self.dim1 = (), dim0, dim1

    def apply(self, grad_output):
        """The gradient of a, in a tuple."""
        return (grad_output if grad_output.ndim < 2 else grad_output.swapaxes(-1, -2),)


class PermuteBackward(Function):
    """z = a.permute(*axes): axis axes[i] of a is axis i of z; the way back needs the inverse order."""

    def __init__(self, a, axes):
        super().__init__(a)
        self.saved_tensors, self.axes = (), tuple(axis % max(a.ndim, 1) for axis in axes)  # -1 is the last axis

    def apply(self, grad_output):
        """The gradient of a, in a tuple."""
        axes = [axis % grad_output.ndim for axis in self.axes]
        return (grad_output.transpose(np.argsort(axes)),)
