"""2 sigmoid(2x) - 1 has no digits left for tiny x.

breaks: 02-05-tanh
"""
#| export
class Tanh(Activation):
    """The hyperbolic tangent: squashes any number to between -1 and 1."""

    def forward(self, x: Tensor) -> Tensor:
        """The hyperbolic tangent of every value.

        Parameters
        ----------
        x : Tensor of any shape, floating-point

        Returns
        -------
        Tensor of the same shape and dtype, NaN where `x` is NaN. No warnings, and tanh(x) is close to x for tiny x.
        """
        small = np.exp(-2 * np.abs(x.data))
        return Tensor(np.sign(x.data) * (2 / (1 + small) - 1))
