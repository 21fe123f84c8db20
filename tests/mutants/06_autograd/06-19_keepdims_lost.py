"""Sums without keepdims: the average of a row no longer lines up with its row.

breaks: 06-19-softmax
"""
#| export
class SoftmaxBackward(Function):
    """s = softmax(a) along the axis `self.dim`   so   dL/da = s * (dL/ds - sum(dL/ds * s)), the sum along that axis."""

    def __init__(self, a, out, dim=-1):
        super().__init__(a)
        self.saved_tensors, self.output, self.dim = (), out.data, dim

    def apply(self, grad_output):
        """The gradient of a, in a tuple. `grad_output` and `self.output` are not changed."""
        average = (grad_output * self.output).sum(axis=self.dim)
        return (self.output * (grad_output - average),)
