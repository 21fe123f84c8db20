"""np.where computes the branch that overflows as well.

breaks: 02-04-sigmoid
"""
#| export
class Sigmoid(Activation):
    """1 / (1 + exp(-x)): squashes any number to between 0 and 1."""

    def forward(self, x: Tensor) -> Tensor:
        """The sigmoid of every value, without overflow.

        Parameters
        ----------
        x : Tensor of any shape, floating-point

        Returns
        -------
        Tensor of the same shape and dtype, NaN where `x` is NaN. No input of any size gives a warning, and small
        results keep their leading digits: sigmoid(-30) is 9.3576e-14, not 0.
        """
        a = x.data
        return Tensor(np.where(a >= 0, 1 / (1 + np.exp(-a)), np.exp(a) / (1 + np.exp(a))))
