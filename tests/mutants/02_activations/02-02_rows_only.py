"""Loops over two axes at most, and turns everything to float32.

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
        rows = [[max(v, 0) for v in row] if np.ndim(row) else max(row, 0) for row in x.data.tolist()]
        return Tensor(rows)
