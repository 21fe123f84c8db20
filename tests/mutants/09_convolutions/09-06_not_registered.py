"""Does not tell Function about the input.

breaks: 09-06-unfold-backward
"""
#| export
class UnfoldBackward(Function):
    def __init__(self, x, stride=1, padding=0):
        self.input_shape, self.stride, self.padding = x.shape, stride, padding

    def apply(self, grad_output):
        return (fold(grad_output, self.input_shape, self.stride, self.padding),)
