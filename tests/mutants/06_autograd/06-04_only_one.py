"""Returns one gradient for both inputs of an addition.

breaks: 06-04-add-mul
"""
#| export
class AddBackward(Function):
    """z = a + b   so   dL/da = dL/dz   and   dL/db = dL/dz."""

    def apply(self, grad_output):
        """The gradients of a and of b."""
        return grad_output


class MulBackward(Function):
    """z = a * b   so   dL/da = dL/dz * b   and   dL/db = dL/dz * a."""

    def apply(self, grad_output):
        """The gradients of a and of b; for an input that wants none it may be None."""
        a, b = self.saved_tensors
        grad_a = grad_output * b.data if a.requires_grad else None
        grad_b = grad_output * a.data if b.requires_grad else None
        return grad_a, grad_b
