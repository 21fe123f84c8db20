"""The formula as it stands: the cube of 1e20 overflows.

breaks: 02-08-gelu
"""
#| export
class GELU(Activation):
    """A smooth ReLU: x times the probability that a standard normal number is below x.

    In the tanh form of Hendrycks and Gimpel (2016), as `torch.nn.GELU(approximate="tanh")`.
    """

    def forward(self, x: Tensor) -> Tensor:
        """0.5 x (1 + tanh(sqrt(2 / pi) (x + 0.044715 x³))) of every value.

        Parameters
        ----------
        x : Tensor of any shape, floating-point

        Returns
        -------
        Tensor of the same shape and dtype, NaN where `x` is NaN; for finite inputs of any size finite, no warnings.
        """
        a = x.data
        inner = math.sqrt(2 / math.pi) * (a + 0.044715 * a * a * a)
        return Tensor(0.5 * a * (1 + np.tanh(inner)))
