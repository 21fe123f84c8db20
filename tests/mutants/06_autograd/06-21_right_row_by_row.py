"""Fills in one row after the other.

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
        logits, target = self.saved_tensors
        grad = np.zeros_like(logits.data)
        for i, (row, wanted) in enumerate(zip(logits.data, target.data)):
            grad[i] = np.exp(row - row.max())
            grad[i] /= grad[i].sum()
            grad[i, wanted] -= 1
        grad *= grad_output / grad.shape[0]
        return grad, None
