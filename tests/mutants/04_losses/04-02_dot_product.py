"""A dot product of the flat difference with itself, with a guard of its own.

right: 04-02-mse
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
        if pred.data.dtype.kind != "f":
            raise TypeError("floating-point predictions wanted")
        if pred.data.shape != target.data.shape:
            raise ValueError("the shapes differ")
        flat = (pred.data - target.data.astype(pred.data.dtype)).ravel()
        return Tensor(np.array(flat @ flat / flat.size, dtype=pred.data.dtype))
