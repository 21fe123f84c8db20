"""Goes through the rows one by one.

right: 04-08-cross-entropy
"""
#| export
class CrossEntropyLoss(Loss):
    """The mean surprise of a classifier about the right classes, in nats, from its logits."""

    def forward(self, pred: Tensor, target: Tensor) -> Tensor:
        """mean(log(sum(exp(logits))) - logit of the right class).

        Parameters
        ----------
        pred : Tensor of shape (N, C), floating-point
            Logits: any numbers. They stay as they were.
        target : Tensor of shape (N,), integers from 0 to C - 1

        Returns
        -------
        Tensor of shape (), in the dtype of `pred`; finite for logits of any ordinary size; NaN if there is a NaN

        Raises
        ------
        TypeError, ValueError
            What `check_classes` refuses.
        """
        classes, total = check_classes(pred, target), 0.0
        for row, number in zip(pred.data, classes):
            top = row.max()
            total += np.log(np.sum(np.exp(row - top))) - (row[number] - top)
        return Tensor(np.array(total / len(classes), dtype=pred.data.dtype))
