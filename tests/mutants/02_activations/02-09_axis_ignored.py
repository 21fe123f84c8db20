"""Always works along the last axis.

breaks: 02-09-softmax
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
        powers = np.exp(x.data - x.data.max(axis=-1, keepdims=True))
        return Tensor(powers / powers.sum(axis=-1, keepdims=True))
