"""Forgets its settings after the first pass.

breaks: 09-06-unfold-backward
hidden: yes
"""
#| export
class UnfoldBackward(Function):
    def __init__(self, x, stride=1, padding=0):
        super().__init__(x)
        self.input_shape, self.stride, self.padding = x.shape, stride, padding

    def apply(self, grad_output):
        shape, stride, padding = self.input_shape, self.stride, self.padding
        self.stride, self.padding = 1, 0
        return (fold(grad_output, shape, stride, padding),)
