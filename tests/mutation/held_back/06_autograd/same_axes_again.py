"""Another shape of a mistake, or another mistake.

breaks: 06-15-moving
means: 06-15_permuted_again
"""


class ReshapeBackward(Function):
    def __init__(self, a, original_shape):
        super().__init__(a)
        self.saved_tensors, self.original_shape = (), original_shape

    def apply(self, grad_output):
        return (np.reshape(grad_output, self.original_shape),)


class TransposeBackward(Function):
    def __init__(self, a, dim0=None, dim1=None):
        super().__init__(a)
        if dim0 is None and dim1 is None:
            dim0, dim1 = (-2, -1) if a.ndim > 1 else (0, 0)
        self.saved_tensors, self.dim0, self.dim1 = (), dim0, dim1

    def apply(self, grad_output):
        if grad_output.ndim == 0:
            return (grad_output,)
        return (np.swapaxes(grad_output, self.dim1, self.dim0),)


class PermuteBackward(Function):
    def __init__(self, a, axes):
        super().__init__(a)
        self.saved_tensors, self.axes = (), tuple(axis % max(a.ndim, 1) for axis in axes)

    def apply(self, grad_output):
        return (np.transpose(grad_output, self.axes),)
