"""Takes labels of -1.

breaks: 04-04-bce
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
        check_pair(pred, target)
        p, t = pred.data, target.data
        if np.any((p < 0) | (p > 1)):
            raise ValueError("from 0 to 1")
        with np.errstate(divide="ignore"):
            yes, no = np.maximum(np.log(p), -100), np.maximum(np.log1p(-p), -100)
        return Tensor(-np.mean(t * yes + (1 - t) * no, dtype=pred.dtype))
