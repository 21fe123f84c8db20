"""Another shape of a mistake, or another mistake.

breaks: 06-04-add-mul
means: 06-04_own_factor
"""


class AddBackward(Function):
    def apply(self, grad_output):
        return [grad_output, grad_output]


class MulBackward(Function):
    def apply(self, grad_output):
        return [np.multiply(t.data, grad_output) for t in self.saved_tensors]
