"""Divides by the Tensor instead of its array.

breaks: 06-07-div
"""
#| export
class DivBackward(Function):
    """z = a / b; the gradients follow from the slopes of a / b in a and in b.

    Shapes: a and b broadcast to z; each gradient comes back in the shape of its input.
    """

    makes_new_arrays = True

    def __init__(self, a, b):
        self.saved_tensors = a if b.requires_grad else outline(a), b

    def apply(self, grad_output):
        """The gradients of a and of b; None for an input that wants none."""
        a, b = self.saved_tensors
        grad_a = unbroadcast(grad_output / b, a.shape) if a.requires_grad else None
        # Added up first: then b's own shape, often a small one, is all that is divided.
        grad_b = unbroadcast(grad_output * a, b.shape) / -(b * b) if b.requires_grad else None
        return grad_a, grad_b
