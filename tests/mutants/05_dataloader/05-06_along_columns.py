"""Takes columns of the images.

breaks: 05-06-gather
"""
#| exporti
@method_of(TensorDataset)
def gather(self, indices):
    return tuple(Tensor(np.take(tensor.data, indices % tensor.shape[-1], axis=-1)) for tensor in self.tensors)
