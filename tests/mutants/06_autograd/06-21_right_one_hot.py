"""Compares classes for the one-hot table; returns a list.

right: 06-21-cross-entropy
"""
#| export
class CrossEntropyBackward(Function):
    """L = mean(-log softmax(a)[target])   so   dL/da = (softmax(a) - onehot(target)) / n, for n rows.

    Shapes: logits a (n, C), target (n,) integers, L and grad_output (). The targets are data: their gradient is None.
    """

    left = None  # what the loss leaves for `powers_of`

    def apply(self, grad_output):
        """The gradient of the logits, and None. The saved logits are not changed."""
        logits, target = self.saved_tensors[0].data, self.saved_tensors[1].data
        rows, classes = logits.shape
        shifted = logits - np.max(logits, axis=-1, keepdims=True)
        probabilities = np.exp(shifted - np.log(np.exp(shifted).sum(axis=-1, keepdims=True)))
        right = target[:, None] == np.arange(classes)
        return [grad_output * (probabilities - right) / rows, None]
