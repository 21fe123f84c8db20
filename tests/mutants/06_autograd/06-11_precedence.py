"""Divides by b, then multiplies by it again.

breaks: 06-11-sub-div
"""
#| export
class SubBackward(Function):
    """z = a - b; the gradients follow from the slopes of a - b in a and in b."""

    def apply(self, grad_output):
        """The gradients of a and of b; for an input that wants none it may be None."""
        return grad_output, -grad_output if self.next_functions[1] is not None else None


class DivBackward(Function):
    """z = a / b; the gradients follow from the slopes of a / b in a and in b."""

    def apply(self, grad_output):
        """The gradients of a and of b; for an input that wants none it may be None."""
        a, b = self.saved_tensors
        return grad_output / b.data, -grad_output * a.data / b.data * b.data
