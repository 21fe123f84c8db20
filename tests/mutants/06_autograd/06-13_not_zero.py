"""Lets the gradient pass where the result is not 0, also where an input is negative.

breaks: 06-13-relu
"""
#| export
class ReLUBackward(Function):
    """z = max(a, 0): the gradient passes where `self.output` is positive, and is 0 elsewhere, at 0 too.

    `output` is the array of the result, or of the input: they are positive in the same places.
    """

    reads_inputs = False
    makes_new_arrays = True

    def __init__(self, a, out=None):
        super().__init__(a)
        self.output = (a if out is None else out).data

    def apply(self, grad_output):
        """The gradient of a, in a tuple. `grad_output` is not changed."""
        return (grad_output * (self.output != 0),)
