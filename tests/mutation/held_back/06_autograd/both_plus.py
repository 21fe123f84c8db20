"""Another shape of a mistake, or another mistake.

breaks: 06-11-sub-div
means: 06-11_sign_forgotten
"""


class SubBackward(Function):
    def apply(self, grad_output):
        return grad_output, grad_output


class DivBackward(Function):
    def apply(self, grad_output):
        a, b = self.saved_tensors
        return grad_output / b.data, -grad_output * a.data / b.data**2
