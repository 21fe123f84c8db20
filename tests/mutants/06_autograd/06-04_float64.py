"""Makes float64 of everything.

breaks: 06-04-add-mul
"""
#| export
class AddBackward(Function):
    """z = a + b   so   dL/da = dL/dz   and   dL/db = dL/dz."""

    def apply(self, grad_output):
        """The gradients of a and of b."""
        return grad_output, grad_output


class MulBackward(Function):
    """z = a * b   so   dL/da = dL/dz * b   and   dL/db = dL/dz * a."""

    def apply(self, grad_output):
        """The gradients of a and of b; for an input that wants none it may be None."""
        a, b = self.saved_tensors
        return np.multiply(grad_output, b.data, dtype=np.float64), np.multiply(grad_output, a.data, dtype=np.float64)
