"""Another shape of a mistake, or another mistake.

breaks: 06-19-softmax
means: 06-19_keepdims_lost
"""


class SoftmaxBackward(Function):
    def __init__(self, a, out, dim=-1):
        super().__init__(a)
        self.saved_tensors, self.output, self.dim = (), out.data, dim

    def apply(self, grad_output):
        s = self.output
        return (s * (grad_output - np.sum(grad_output * s, self.dim)),)
