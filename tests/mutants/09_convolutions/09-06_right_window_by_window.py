"""A rule without fold.

right: 09-06-unfold-backward
"""
#| export
class UnfoldBackward(Function):
    def __init__(self, x, stride=1, padding=0):
        super().__init__(x)
        self.framed = (*x.shape[:-2], x.shape[-2] + 2 * padding, x.shape[-1] + 2 * padding)
        self.stride, self.padding = stride, padding

    def apply(self, grad_output):
        grad, size, p = np.zeros(self.framed, grad_output.dtype), grad_output.shape[-1], self.padding
        for i, j in np.ndindex(grad_output.shape[-4:-2]):
            grad[..., i * self.stride :, j * self.stride :][..., :size, :size] += grad_output[..., i, j, :, :]
        return (grad[..., p : grad.shape[-2] - p, p : grad.shape[-1] - p],)
