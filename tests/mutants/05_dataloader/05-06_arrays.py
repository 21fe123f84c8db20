"""Returns arrays instead of tensors.

breaks: 05-06-gather
"""
#| exporti
@method_of(TensorDataset)
def gather(self, indices):
    return tuple(tensor.data[indices] for tensor in self.tensors)
