"""Works in place on an array of its own.

right: 06-14-smooth
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
        grad = grad_output - grad_output * self.output
        grad *= self.output
        return (grad,)


class TanhBackward(Function):
    """t = tanh(a), whose slope is 1 - t**2. `self.output` is t."""

    reads_inputs = False
    makes_new_arrays = True

    def __init__(self, a, out):
        super().__init__(a)
        self.output = out.data

    def apply(self, grad_output):
        """The gradient of a, in a tuple. `grad_output` and `self.output` are not changed."""
        grad = self.output**2
        np.subtract(1, grad, out=grad)
        grad *= grad_output
        return (grad,)
