"""Lets the gradient pass at 0, where the result is 0 for every negative input.

breaks: 06-17-relu-sigmoid
"""
#| export
class ReLUBackward(Function):
    """z = max(a, 0): the gradient passes where `self.output`, the array of the result, is positive; elsewhere it is 0."""

    def __init__(self, a, out=None):
        super().__init__(a)
        self.saved_tensors, self.output = (), np.maximum(a.data, 0) if out is None else out.data

    def apply(self, grad_output):
        """The gradient of a, in a tuple. `grad_output` and `self.output` are not changed."""
        return (grad_output * (self.output >= 0),)


class SigmoidBackward(Function):
    """s = 1 / (1 + exp(-a)), whose slope is s (1 - s). `self.output` is the array of s."""

    def __init__(self, a, out):
        super().__init__(a)
        self.saved_tensors, self.output = (), out.data

    def apply(self, grad_output):
        """The gradient of a, in a tuple. `grad_output` and `self.output` are not changed."""
        return (grad_output * self.output * (1 - self.output),)
