"""Returns the two gradients in the wrong order.

breaks: 06-13-matmul
"""
#| export
class MatmulBackward(Function):
    """z = a @ b   so   dL/da = dL/dz @ b.T   and   dL/db = a.T @ dL/dz.

    Shapes: a (…, n, k), b (…, k, m), z and grad_output (…, n, m): two axes at least, the ones in front are batches.
    """

    def apply(self, grad_output):
        """The gradients of a and of b; None for an input that wants none: it is not computed."""
        a, b = self.saved_tensors
        grad_a = grad_output @ b.data.swapaxes(-1, -2) if a.requires_grad else None
        grad_b = a.data.swapaxes(-1, -2) @ grad_output if b.requires_grad else None
        return grad_b, grad_a
