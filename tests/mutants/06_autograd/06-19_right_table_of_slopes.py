"""Multiplies with the whole table of slopes.

right: 06-19-softmax
"""
#| export
class SoftmaxBackward(Function):
    """s = softmax(a) along the axis `self.dim`   so   dL/da = s * (dL/ds - sum(dL/ds * s)), the sum along that axis."""

    def __init__(self, a, out, dim=-1):
        super().__init__(a)
        self.saved_tensors, self.output, self.dim = (), out.data, dim

    def apply(self, grad_output):
        """The gradient of a, in a tuple. `grad_output` and `self.output` are not changed."""
        s, g = np.moveaxis(self.output, self.dim, -1), np.moveaxis(grad_output, self.dim, -1)
        slopes = s[..., :, None] * np.eye(s.shape[-1], dtype=s.dtype) - s[..., :, None] * s[..., None, :]
        grad = np.einsum("...ij,...i->...j", slopes, g)
        return [np.moveaxis(grad, -1, self.dim)]
