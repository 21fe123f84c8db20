"""Takes the difference in place, in an array of the forward pass.

breaks: 06-20-mse
hidden: yes
"""
#| export
class MSEBackward(Function):
    """L = mean((p - t)**2) over all values of the predictions p. The targets t may want a gradient too: minus that of p.

    Shapes: p and t the same, L and grad_output ().
    """

    def apply(self, grad_output):
        """The gradients of the predictions and of the targets; for one that wants none it may be None."""
        pred, target = self.saved_tensors
        pred.data -= target.data
        grad = pred.data * (grad_output * (2 / pred.data.size))
        return grad, -grad
