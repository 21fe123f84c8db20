"""Takes the square root with NumPy, whose float64 number makes all of it float64.

breaks: 06-18-gelu
"""
#| export
class GELUBackward(Function):
    """z = a/2 * (1 + tanh(u)) with u = sqrt(2/pi) * (a + 0.044715 a**3). Here the numbers of a are saved.

    Source: Hendrycks and Gimpel, "Gaussian Error Linear Units (GELUs)", arXiv:1606.08415.
    """

    def apply(self, grad_output):
        """The gradient of a, in a tuple; no NaN for numbers up to 1e12 in size. The saved numbers are not changed."""
        a, c = self.saved_tensors[0].data, np.sqrt(2 / np.pi)
        t = np.tanh(c * (a + 0.044715 * a**3))
        return (grad_output * (0.5 * (1 + t) + 0.5 * a * (1 - t**2) * c * (1 + 3 * 0.044715 * a**2)),)
