"""Another shape of a mistake, or another mistake.

breaks: 06-13-matmul
means: 06-13_order_swapped
"""


class MatmulBackward(Function):
    def apply(self, grad_output):
        a, b = self.saved_tensors
        da = db = None
        if a.requires_grad:
            da = np.swapaxes(b.data, -2, -1) @ grad_output
        if b.requires_grad:
            db = grad_output @ np.swapaxes(a.data, -2, -1)
        return da, db
