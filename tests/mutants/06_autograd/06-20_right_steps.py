"""Works step by step with names of its own, and returns lists.

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
        difference = pred.data - target.data
        answer = [None, None]
        if pred.requires_grad:
            answer[0] = grad_output * 2 * difference / difference.size
        if target.requires_grad:
            answer[1] = grad_output * (-2) * difference / difference.size
        return answer
