"""Chooses the bound with np.where, and subtracts the target from the prediction last.

right: 06-20-mse
"""
#| export
class MSEBackward(Function):
    """L = mean((p - t)**2) over all values of the predictions p. The targets t may want a gradient too: minus that of p.

    Shapes: p and t the same, L and grad_output ().
    """

    def apply(self, grad_output):
        """The gradients of the predictions and of the targets; for one that wants none it may be None."""
        pred, target = self.saved_tensors
        scale = 2 * grad_output / pred.size
        both = scale * pred.data - scale * target.data
        return (both if pred.requires_grad else None), (-both if target.requires_grad else None)
