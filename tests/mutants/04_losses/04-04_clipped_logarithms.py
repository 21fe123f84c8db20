"""Builds the two parts in place, with np.clip and its own guard.

right: 04-04-bce
"""
#| export
class BinaryCrossEntropyLoss(Loss):
    """The mean surprise of yes-or-no predictions, in nats."""

    def forward(self, pred: Tensor, target: Tensor) -> Tensor:
        """mean(-(t log p + (1 - t) log(1 - p))), each logarithm at least -100.

        Parameters
        ----------
        pred : Tensor of probabilities, any shape, floating-point
        target : Tensor of the same shape, values from 0 to 1

        Returns
        -------
        Tensor of shape (), in the dtype of `pred`; NaN if there is a NaN; no warnings

        Raises
        ------
        TypeError, ValueError
            What `check_pair` refuses; and ValueError for predictions or targets below 0 or above 1.
        """
        p, t = pred.data, target.data.astype(pred.data.dtype)
        if p.shape != t.shape:
            raise ValueError("the shapes differ")
        if p.dtype.kind != "f":
            raise TypeError("floating-point predictions wanted")
        for values in (p, t):
            if (values < 0).any() or (values > 1).any():
                raise ValueError("no probability")
        with np.errstate(all="ignore"):
            total = t * np.clip(np.log(p), -100, None)
            total += (1 - t) * np.clip(np.log1p(np.negative(p)), -100, None)
        return Tensor(total.mean()) * -1
