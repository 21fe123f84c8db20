"""Gives what was not picked a gradient of 1.

breaks: 06-16-picking
"""
#| export
class SliceBackward(Function):
    """z = a[key]: what was picked gets its gradient, several times if it was picked so; the rest gets 0.

    `key` is anything that NumPy accepts as an index.
    """

    def __init__(self, a, key):
        super().__init__(a)
        self.saved_tensors, self.key = (), key

    def apply(self, grad_output):
        """The gradient of a, in a tuple."""
        grad = np.ones(self.shapes[0], grad_output.dtype)
        grad[self.key] = 0
        add_at(grad, self.key, grad_output)
        return (grad,)


class EmbeddingBackward(Function):
    """z = weight[indices]: each row of the table gets the sum of the gradients of all places where it was used.

    Shapes: weight (V, D), indices S of integers (any shape), z and grad_output S + (D,). Negative indices count from
    the end.
    """

    def __init__(self, weight, indices):
        super().__init__(weight)
        self.saved_tensors = ()
        self.indices = np.asarray(indices.data if isinstance(indices, Tensor) else indices)

    def apply(self, grad_output):
        """The gradient of the table, in a tuple."""
        grad = np.zeros(self.shapes[0], grad_output.dtype)
        add_at(grad, self.indices, grad_output)
        return (grad,)
