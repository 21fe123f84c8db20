"""Another shape of a mistake, or another mistake.

breaks: 06-14-sum
means: 06-14_lost_axis_forgotten
"""


class SumBackward(Function):
    def __init__(self, a, axis=None, keepdims=False):
        super().__init__(a)
        self.saved_tensors, self.axis, self.keepdims = (), axis if a.ndim else None, keepdims

    def apply(self, grad_output):
        return (np.ones(self.shapes[0], grad_output.dtype) * grad_output,)
