"""Another shape of a mistake, or another mistake.

breaks: 06-16-picking
means: 06-16_repeats_lost
"""


class SliceBackward(Function):
    def __init__(self, a, key):
        super().__init__(a)
        self.saved_tensors, self.key = (), key

    def apply(self, grad_output):
        full = np.zeros(self.shapes[0]).astype(grad_output.dtype)
        full[self.key] = full[self.key] + grad_output
        return (full,)


class EmbeddingBackward(Function):
    def __init__(self, weight, indices):
        super().__init__(weight)
        self.saved_tensors = ()
        self.indices = np.asarray(indices.data if isinstance(indices, Tensor) else indices)

    def apply(self, grad_output):
        full = np.zeros(self.shapes[0], grad_output.dtype)
        np.add.at(full, self.indices, grad_output)
        return (full,)
