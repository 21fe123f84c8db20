"""Names the parts of the chain rule, and returns a list.

right: 06-18-gelu
"""
#| export
class GELUBackward(Function):
    """z = a/2 * (1 + tanh(u)) with u = sqrt(2/pi) * (a + 0.044715 a**3). Here the numbers of a are saved.

    Source: Hendrycks and Gimpel, "Gaussian Error Linear Units (GELUs)", arXiv:1606.08415.
    """

    def apply(self, grad_output):
        """The gradient of a, in a tuple; no NaN for numbers up to 1e12 in size. The saved numbers are not changed."""
        (x,) = self.saved_tensors
        u = math.sqrt(2 / math.pi) * (x.data + 0.044715 * x.data * x.data * x.data)
        slope_of_u = math.sqrt(2 / math.pi) * (1 + 0.134145 * np.square(x.data))
        slope_of_t = slope_of_u / np.cosh(u) ** 2
        return [0.5 * grad_output + 0.5 * grad_output * (np.tanh(u) + x.data * slope_of_t)]
