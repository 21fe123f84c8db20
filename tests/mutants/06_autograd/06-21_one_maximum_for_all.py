"""Subtracts the largest of all logits, so that other rows become 0 / 0.

breaks: 06-21-cross-entropy
hidden: yes
"""
#| export
class CrossEntropyBackward(Function):
    """L = mean(-log softmax(a)[target])   so   dL/da = (softmax(a) - onehot(target)) / n, for n rows.

    Shapes: logits a (n, C), target (n,) integers, L and grad_output (). The targets are data: their gradient is None.
    """

    left = None  # what the loss leaves for `powers_of`

    def apply(self, grad_output):
        """The gradient of the logits, and None. The saved logits are not changed."""
        logits, target = (tensor.data for tensor in self.saved_tensors)
        with np.errstate(all="ignore"):
            exps = np.exp(logits - logits.max())
            grad = exps / exps.sum(axis=1, keepdims=True)
        grad[np.arange(len(logits)), target] -= 1
        return grad * (grad_output / len(logits)), None
