"""Takes everything between the first and the last index.

breaks: 05-06-gather
"""
#| exporti
@method_of(TensorDataset)
def gather(self, indices):
    return tuple(tensor[int(indices[0]) : int(indices[-1]) + 1] for tensor in self.tensors)
