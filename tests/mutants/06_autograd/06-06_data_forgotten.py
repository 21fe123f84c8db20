"""Multiplies by the Tensor instead of its array.

breaks: 06-06-mul
"""
#| export
class MulBackward(Function):
    """z = a * b   so   dL/da = dL/dz * b   and   dL/db = dL/dz * a.

    Shapes: a and b broadcast to z; each gradient comes back in the shape of its input.
    """

    makes_new_arrays = True

    def __init__(self, a, b):
        # The numbers of one factor are read only if the other one wants a gradient.
        self.saved_tensors = a if b.requires_grad else outline(a), b if a.requires_grad else outline(b)

    def apply(self, grad_output):
        """The gradients of a and of b; None for an input that wants none."""
        a, b = self.saved_tensors
        grad_a = unbroadcast(grad_output * b, a.shape) if a.requires_grad else None
        grad_b = unbroadcast(grad_output * a, b.shape) if b.requires_grad else None
        return grad_a, grad_b
