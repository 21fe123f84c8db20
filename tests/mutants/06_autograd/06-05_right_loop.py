"""Goes through the inputs in a loop and returns lists.

right: 06-05-add-sub
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
        grads = []
        for tensor in self.saved_tensors:
            grads.append(unbroadcast(grad_output, tensor.shape) if tensor.requires_grad else None)
        return grads


class SubBackward(Function):
    """z = a - b   so   dL/da = dL/dz   and   dL/db = -dL/dz."""

    reads_inputs = False

    def apply(self, grad_output):
        """The gradients of a and of b; None for an input that wants none."""
        grads = []
        for sign, tensor in zip((1, -1), self.saved_tensors):
            grads.append(unbroadcast(sign * grad_output, tensor.shape) if tensor.requires_grad else None)
        return grads
