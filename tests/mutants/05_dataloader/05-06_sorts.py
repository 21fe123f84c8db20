"""Sorts the indices.

breaks: 05-06-gather
hidden: yes
"""
#| exporti
@method_of(TensorDataset)
def gather(self, indices):
    return tuple(tensor[np.sort(indices)] for tensor in self.tensors)
