"""exp(x - log of the sum of exponentials), row by row along a moved axis.

right: 02-09-softmax
"""
#| export
class Softmax(Activation):
    """exp(x) / sum(exp(x)) along one axis: numbers of any size become probabilities.

    Parameters
    ----------
    dim : int
        The axis along which the results sum to 1.
    """

    def __init__(self, dim: int = -1) -> None:
        self.dim = dim

    def forward(self, x: Tensor) -> Tensor:
        """The softmax of `x` along the axis `self.dim`.

        Parameters
        ----------
        x : Tensor with at least one axis, floating-point

        Returns
        -------
        Tensor of the same shape and dtype; `x` itself stays as it was. No finite input overflows, and a logit of
        minus infinity gets probability 0. A NaN makes all values along its axis NaN.
        """
        rows = np.moveaxis(x.data, self.dim, -1)
        top = rows.max(axis=-1, keepdims=True)
        log_sum = top + np.log(np.exp(rows - top).sum(axis=-1, keepdims=True))
        return Tensor(np.moveaxis(np.exp(rows - log_sum), -1, self.dim))
