"""Lets NumPy find out, and says it better.

right: 05-02-tensordataset-getitem
"""
#| exporti
@method_of(TensorDataset)
def __getitem__(self, index):
    sample = []
    for tensor in self.tensors:
        try:
            sample.append(Tensor(np.asarray(tensor.data[int(index)])))
        except IndexError:
            raise IndexError("index " + str(index) + " is out of range for " + str(tensor.shape[0]) + " samples") from None
    return sample
