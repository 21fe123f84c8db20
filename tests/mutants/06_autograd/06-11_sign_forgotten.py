"""Forgets the minus of the second input's gradient.

breaks: 06-11-sub-div
"""
#| export
class SubBackward(Function):
    """z = a - b; the gradients follow from the slopes of a - b in a and in b."""

    def apply(self, grad_output):
        """The gradients of a and of b; for an input that wants none it may be None."""
        return grad_output, grad_output


class DivBackward(Function):
    """z = a / b; the gradients follow from the slopes of a / b in a and in b."""

    def apply(self, grad_output):
        """The gradients of a and of b; for an input that wants none it may be None."""
        a, b = self.saved_tensors
        grad_a = grad_output / b.data if a.requires_grad else None
        grad_b = -grad_output * a.data / (b.data * b.data) if b.requires_grad else None
        return grad_a, grad_b
