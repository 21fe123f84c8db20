"""Lets integer targets turn the loss into float64.

breaks: 04-02-mse
"""
#| export
class MSELoss(Loss):
    """The mean of the squared differences: the loss for numbers that may take any value."""

    def forward(self, pred: Tensor, target: Tensor) -> Tensor:
        """mean((pred - target)²) over all values.

        Parameters
        ----------
        pred, target : Tensor of the same shape, the predictions floating-point

        Returns
        -------
        Tensor of shape (), in the dtype of `pred`; NaN if there is a NaN

        Raises
        ------
        TypeError, ValueError
            What `check_pair` refuses.
        """
        check_pair(pred, target)
        return Tensor(np.mean((pred.data - target.data) ** 2))
