"""Another shape of a mistake, or another mistake.

breaks: 06-14-sum
means: none
"""


class SumBackward(Function):
    def __init__(self, a, axis=None, keepdims=False):
        super().__init__(a)
        self.saved_tensors, self.axis, self.keepdims = (), axis if a.ndim else None, keepdims

    def apply(self, grad_output):
        (shape,) = self.shapes
        if self.axis is not None and not self.keepdims:
            grad_output = np.expand_dims(grad_output, self.axis)
        full = np.broadcast_to(grad_output, shape)
        return (full * (full.size / grad_output.size),)
