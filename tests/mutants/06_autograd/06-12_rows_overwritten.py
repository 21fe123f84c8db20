"""Assigns the rows of the table, so that the last use of a word wins.

breaks: 06-12-picking
"""
#| export
class SliceBackward(Function):
    """z = a[key]: what was picked gets its gradient, several times if it was picked so; the rest gets 0.

    `key` is anything that NumPy accepts as an index.
    """

    reads_inputs = False
    makes_new_arrays = True

    def __init__(self, a, key):
        super().__init__(a)
        self.key = key

    def apply(self, grad_output):
        """The gradient of a, in a tuple."""
        grad = np.zeros(self.saved_tensors[0].shape, grad_output.dtype)
        if picks_once(self.key):  # assigning is faster than adding
            grad[self.key] = grad_output
        else:
            add_at(grad, self.key, grad_output)
        return (grad,)


class EmbeddingBackward(Function):
    """z = weight[indices]: each row of the table gets the sum of the gradients of all places where it was used.

    Shapes: weight (V, D), indices S of integers (any shape), z and grad_output S + (D,). Negative indices count from
    the end.
    """

    reads_inputs = False
    makes_new_arrays = True

    def __init__(self, weight, indices):
        super().__init__(weight)
        self.indices = np.asarray(indices.data if isinstance(indices, Tensor) else indices)

    def apply(self, grad_output):
        """The gradient of the table, in a tuple."""
        grad = np.zeros(self.saved_tensors[0].shape, grad_output.dtype)
        grad[self.indices] = grad_output
        return (grad,)
