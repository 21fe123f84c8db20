"""Divides by the number of rows instead of values.

breaks: 06-17-mse-bce
"""
#| export
class MSEBackward(Function):
    """L = mean((p - t)**2) over all values of the predictions p. The targets t may want a gradient too: minus that of p.

    Shapes: p and t the same, L and grad_output ().
    """

    makes_new_arrays = True

    def apply(self, grad_output):
        """The gradients of the predictions and of the targets; None for one that wants none."""
        pred, target = self.saved_tensors
        grad = 2 * (pred.data - target.data) * (grad_output / len(pred.data))
        return grad if pred.requires_grad else None, -grad if target.requires_grad else None


class BCEBackward(Function):
    """L = mean(-(t log p + (1 - t) log(1 - p))) over all values of the predictions p, probabilities.

    In the gradient p (1 - p) counts as 1e-12 at least, as in PyTorch, so that p = 0 and p = 1 divide by no zero.
    The targets are data: their gradient is None, and wanting one is a ValueError.
    """

    makes_new_arrays = True

    def __init__(self, pred, target):
        if target.requires_grad:
            raise ValueError("BinaryCrossEntropyLoss: the targets are data and get no gradient")
        super().__init__(pred, target)

    def apply(self, grad_output):
        """The gradient of the predictions, and None."""
        pred, target = (tensor.data for tensor in self.saved_tensors)
        bounded = np.maximum(pred * (1 - pred), 1e-12)
        return (pred - target) / bounded * (grad_output / pred.size), None
