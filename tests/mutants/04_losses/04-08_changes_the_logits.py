"""Works in place on the logits themselves.

breaks: 04-08-cross-entropy
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
        classes = check_classes(pred, target)
        shifted = pred.data
        shifted -= shifted.max(axis=1, keepdims=True)
        right = shifted[np.arange(len(classes)), classes]
        np.exp(shifted, out=shifted)
        return Tensor(np.mean(np.log(shifted.sum(axis=1)) - right))
