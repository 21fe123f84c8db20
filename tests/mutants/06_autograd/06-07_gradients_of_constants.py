"""Does not ask whether the inputs want a gradient, and reads numbers that were not kept.

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
        return unbroadcast(grad_output / b.data, a.shape), unbroadcast(-grad_output * a.data / b.data**2, b.shape)
