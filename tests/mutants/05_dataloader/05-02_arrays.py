"""Returns arrays instead of tensors.

breaks: 05-02-tensordataset-getitem
"""
#| exporti
@method_of(TensorDataset)
def __getitem__(self, index):
    if not -len(self) <= index < len(self):
        raise IndexError(f"no sample {index} among {len(self)}")
    return tuple(tensor.data[index] for tensor in self.tensors)
