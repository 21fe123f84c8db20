"""Another shape of a mistake, or another mistake.

breaks: 06-13-matmul
means: 06-13_all_axes_reversed
"""


class MatmulBackward(Function):
    def apply(self, grad_output):
        a, b = self.saved_tensors
        da = np.matmul(grad_output, b.data.T) if a.requires_grad else None
        db = np.matmul(a.data.T, grad_output) if b.requires_grad else None
        return da, db
