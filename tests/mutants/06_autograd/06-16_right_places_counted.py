"""Numbers all places and adds up with a loop; takes the table's gradient from a one-hot product.

right: 06-16-picking
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
        shape = self.shapes[0]
        grad = np.zeros(math.prod(shape), grad_output.dtype)
        places = np.arange(grad.size).reshape(shape)[self.key]
        for place, value in zip(np.ravel(places), np.ravel(grad_output)):
            grad[place] += value
        return (grad.reshape(shape),)


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
        rows, width = self.shapes[0]
        one_hot = np.eye(rows, dtype=grad_output.dtype)[self.indices.reshape(-1)]
        return (one_hot.T @ grad_output.reshape(-1, width),)
