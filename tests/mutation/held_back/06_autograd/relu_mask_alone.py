"""Another shape of a mistake, or another mistake.

breaks: 06-17-relu-sigmoid
means: 06-17_slope_only 06-17_gradient_forgotten
"""


class ReLUBackward(Function):
    def __init__(self, a, out=None):
        super().__init__(a)
        self.saved_tensors, self.output = (), np.maximum(a.data, 0) if out is None else out.data

    def apply(self, grad_output):
        return ((self.output > 0).astype(grad_output.dtype),)


class SigmoidBackward(Function):
    def __init__(self, a, out):
        super().__init__(a)
        self.saved_tensors, self.output = (), out.data

    def apply(self, grad_output):
        return (grad_output * (self.output - self.output**2),)
