"""Sets the negative values to zero in the input itself.

breaks: 02-02-relu
hidden: yes
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
        out = x.data
        out[out < 0] = 0
        return Tensor(out)
