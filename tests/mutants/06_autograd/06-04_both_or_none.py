"""Computes nothing unless both factors want a gradient.

breaks: 06-04-add-mul
"""
#| export
class AddBackward(Function):
    """z = a + b   so   dL/da = dL/dz   and   dL/db = dL/dz."""

    def apply(self, grad_output):
        """The gradients of a and of b."""
        return grad_output, grad_output


class MulBackward(Function):
    """z = a * b   so   dL/da = dL/dz * b   and   dL/db = dL/dz * a."""

    def apply(self, grad_output):
        """The gradients of a and of b; for an input that wants none it may be None."""
        a, b = self.saved_tensors
        if a.requires_grad and b.requires_grad:
            return grad_output * b.data, grad_output * a.data
        return None, None
