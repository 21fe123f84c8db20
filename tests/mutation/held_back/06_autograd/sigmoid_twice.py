"""Another shape of a mistake, or another mistake.

breaks: 06-17-relu-sigmoid
means: 06-17_result_taken_for_input
"""


class ReLUBackward(Function):
    def __init__(self, a, out=None):
        super().__init__(a)
        self.saved_tensors, self.output = (), np.maximum(a.data, 0) if out is None else out.data

    def apply(self, grad_output):
        return (np.where(self.output > 0, grad_output, 0).astype(grad_output.dtype),)


class SigmoidBackward(Function):
    def __init__(self, a, out):
        super().__init__(a)
        self.saved_tensors, self.output = (), out.data

    def apply(self, grad_output):
        s = np.exp(self.output) / (1 + np.exp(self.output))
        return (grad_output * s * (1 - s),)
