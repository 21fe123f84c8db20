"""Uses the power rule with an exponent of -2.

right: 06-07-div
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
        answer = [None, None]
        if b.requires_grad:
            answer[1] = unbroadcast(-a.data * b.data ** (-2.0) * grad_output, b.shape)
        if a.requires_grad:
            answer[0] = unbroadcast(b.data ** (-1.0) * grad_output, a.shape)
        return tuple(answer)
