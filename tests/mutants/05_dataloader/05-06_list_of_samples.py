"""Returns samples, not a batch.

breaks: 05-06-gather
"""
#| exporti
@method_of(TensorDataset)
def gather(self, indices):
    return [tuple(tensor[int(index)] for tensor in self.tensors) for index in indices]
