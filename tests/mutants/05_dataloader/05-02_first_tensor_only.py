"""Returns the row of the first tensor.

breaks: 05-02-tensordataset-getitem
"""
#| exporti
@method_of(TensorDataset)
def __getitem__(self, index):
    if not -len(self) <= index < len(self):
        raise IndexError(f"no sample {index} among {len(self)}")
    return (self.tensors[0][index],)
