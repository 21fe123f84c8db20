"""Returns the gradient of tanh without a tuple around it.

breaks: 06-14-smooth
"""
#| export
class SigmoidBackward(Function):
    """s = 1 / (1 + exp(-a)), whose slope is s (1 - s). `self.output` is s."""

    reads_inputs = False
    makes_new_arrays = True

    def __init__(self, a, out):
        super().__init__(a)
        self.output = out.data

    def apply(self, grad_output):
        """The gradient of a, in a tuple. `grad_output` and `self.output` are not changed."""
        return (grad_output * self.output * (1 - self.output),)


class TanhBackward(Function):
    """t = tanh(a), whose slope is 1 - t**2. `self.output` is t."""

    reads_inputs = False
    makes_new_arrays = True

    def __init__(self, a, out):
        super().__init__(a)
        self.output = out.data

    def apply(self, grad_output):
        """The gradient of a, in a tuple. `grad_output` and `self.output` are not changed."""
        return grad_output * (1 - self.output * self.output)
