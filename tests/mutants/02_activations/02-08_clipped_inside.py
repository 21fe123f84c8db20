"""Bounds what goes into the cube only.

right: 02-08-gelu
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
        near = np.clip(x.data, -10, 10)
        inner = math.sqrt(2 / math.pi) * near * (1 + 0.044715 * near**2)
        return Tensor(x.data * (0.5 + 0.5 * np.tanh(inner)))
