"""Another shape of a mistake, or another mistake.

breaks: 06-20-mse
means: 06-20_two_forgotten
"""


class MSEBackward(Function):
    def apply(self, grad_output):
        p, t = self.saved_tensors
        d = grad_output * (p.data - t.data) / p.data.size
        return d, -d
