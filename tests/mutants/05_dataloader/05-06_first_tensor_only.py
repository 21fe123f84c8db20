"""Returns the rows of the first tensor.

breaks: 05-06-gather
"""
#| exporti
@method_of(TensorDataset)
def gather(self, indices):
    return (self.tensors[0][indices],)
