"""Differentiates the other approximation, a times sigmoid(1.702 a).

breaks: 06-18-gelu
"""
#| export
class GELUBackward(Function):
    """z = a/2 * (1 + tanh(u)) with u = sqrt(2/pi) * (a + 0.044715 a**3). Here the numbers of a are saved.

    Source: Hendrycks and Gimpel, "Gaussian Error Linear Units (GELUs)", arXiv:1606.08415.
    """

    def apply(self, grad_output):
        """The gradient of a, in a tuple; no NaN for numbers up to 1e12 in size. The saved numbers are not changed."""
        a = self.saved_tensors[0].data
        s = 1 / (1 + np.exp(-1.702 * a))
        return (grad_output * (s + 1.702 * a * s * (1 - s)),)
