"""Another shape of a mistake, or another mistake.

breaks: 06-04-add-mul
means: 06-04_gradient_forgotten
"""


class AddBackward(Function):
    def apply(self, grad_output):
        return grad_output, grad_output


class MulBackward(Function):
    def apply(self, grad_output):
        first, second = self.saved_tensors
        return second.data, first.data
