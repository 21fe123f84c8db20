"""Stacks the two gradients of a difference in one array.

breaks: 06-05-add-sub
"""
#| export
class AddBackward(Function):
    """z = a + b   so   dL/da = dL/dz   and   dL/db = dL/dz.

    Shapes: a and b broadcast to z; each gradient comes back in the shape of its input.
    """

    reads_inputs = False

    def __init__(self, a, b):
        # What Function.__init__ would do too, said directly: additions are frequent, and this is faster.
        self.saved_tensors = outline(a), outline(b)

    def apply(self, grad_output):
        """The gradients of a and of b; None for an input that wants none."""
        a, b = self.saved_tensors
        grad_a = unbroadcast(grad_output, a.shape) if a.requires_grad else None
        grad_b = unbroadcast(grad_output, b.shape) if b.requires_grad else None
        return grad_a, grad_b


class SubBackward(Function):
    """z = a - b   so   dL/da = dL/dz   and   dL/db = -dL/dz."""

    reads_inputs = False

    def apply(self, grad_output):
        """The gradients of a and of b; None for an input that wants none."""
        a, b = self.saved_tensors
        grad_a = unbroadcast(grad_output, a.shape) if a.requires_grad else None
        grad_b = -unbroadcast(grad_output, b.shape) if b.requires_grad else None
        return np.array([grad_a, grad_b])
