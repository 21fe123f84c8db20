"""Writes the division as a product with a power.

right: 06-11-sub-div
"""
#| export
class SubBackward(Function):
    """z = a - b; the gradients follow from the slopes of a - b in a and in b."""

    def apply(self, grad_output):
        """The gradients of a and of b; for an input that wants none it may be None."""
        return [grad_output * 1.0, grad_output * -1.0]


class DivBackward(Function):
    """z = a / b; the gradients follow from the slopes of a / b in a and in b."""

    def apply(self, grad_output):
        """The gradients of a and of b; for an input that wants none it may be None."""
        a, b = self.saved_tensors
        grad_a = grad_output * b.data**-1
        return grad_a, -grad_a * a.data * b.data**-1
