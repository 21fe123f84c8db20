"""Says None for what nobody wants.

right: 06-11-sub-div
"""
#| export
class SubBackward(Function):
    """z = a - b; the gradients follow from the slopes of a - b in a and in b."""

    def apply(self, grad_output):
        """The gradients of a and of b; for an input that wants none it may be None."""
        want_a, want_b = [to is not None for to in self.next_functions]
        return grad_output if want_a else None, -grad_output if want_b else None


class DivBackward(Function):
    """z = a / b; the gradients follow from the slopes of a / b in a and in b."""

    def apply(self, grad_output):
        """The gradients of a and of b; for an input that wants none it may be None."""
        a, b = self.saved_tensors
        grad_a = grad_output / b.data if a.requires_grad else None
        grad_b = None
        if b.requires_grad:
            grad_b = -(grad_output * a.data) / np.square(b.data)
        return grad_a, grad_b
