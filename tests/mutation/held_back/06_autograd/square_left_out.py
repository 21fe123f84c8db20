"""Another shape of a mistake, or another mistake.

breaks: 06-11-sub-div
means: 06-11_not_squared
"""


class SubBackward(Function):
    def apply(self, grad_output):
        return grad_output, -grad_output


class DivBackward(Function):
    def apply(self, grad_output):
        a, b = (t.data for t in self.saved_tensors)
        return grad_output * (1 / b), -(a / b) * grad_output
