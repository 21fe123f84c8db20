"""Another shape of a mistake, or another mistake.

breaks: 06-18-gelu
means: none
"""


class GELUBackward(Function):
    def apply(self, grad_output):
        a = np.clip(self.saved_tensors[0].data, -20, 20)
        c = math.sqrt(2 / math.pi)
        t = np.tanh(c * (a + 0.044715 * a * a * a))
        return (grad_output * (0.5 * (1 + t) + 0.5 * a * (1 - t) * c * (1 + 3 * 0.044715 * a * a)),)
