"""Chooses by x > 0, which is false for NaN, so that NaN turns into 0.

breaks: 02-02-relu
"""
#| export
class ReLU(Activation):
    """max(x, 0): the positive part (Nair and Hinton, 2010)."""

    def forward(self, x: Tensor) -> Tensor:
        """Keep the positive values and replace the negative ones by zero.

        Parameters
        ----------
        x : Tensor of any shape

        Returns
        -------
        Tensor of the same shape and dtype; NaN where `x` is NaN. `x` itself stays as it was.
        """
        return Tensor(np.where(x.data > 0, x.data, np.zeros_like(x.data)))
