"""As the reference page writes it.

right: 06-13-matmul
"""
#| export
class MatmulBackward(Function):
    """z = a @ b   so   dL/da = dL/dz @ b.T   and   dL/db = a.T @ dL/dz.

    Shapes: a (…, n, k), b (…, k, m), z and grad_output (…, n, m): two axes at least, the ones in front are batches.
    """

    def apply(self, grad_output):
        """The gradients of a and of b; None for an input that wants none: it is not computed."""
        a, b = self.saved_tensors
        grad_a = grad_b = None

        if a.requires_grad:
            b_T = np.swapaxes(b.data, -2, -1)
            grad_a = np.matmul(grad_output, b_T)

        if b.requires_grad:
            a_T = np.swapaxes(a.data, -2, -1)
            grad_b = np.matmul(a_T, grad_output)

        return grad_a, grad_b
