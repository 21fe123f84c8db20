"""Keeps the settings on the class, where the next node overwrites them.

breaks: 09-06-unfold-backward
hidden: yes
"""
#| export
class UnfoldBackward(Function):
    def __init__(self, x, stride=1, padding=0):
        super().__init__(x)
        UnfoldBackward.input_shape, UnfoldBackward.stride, UnfoldBackward.padding = x.shape, stride, padding

    def apply(self, grad_output):
        return (fold(grad_output, self.input_shape, self.stride, self.padding),)
