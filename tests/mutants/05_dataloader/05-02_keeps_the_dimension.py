"""Slices, so each part is a batch of one.

breaks: 05-02-tensordataset-getitem
"""
#| exporti
@method_of(TensorDataset)
def __getitem__(self, index):
    if not -len(self) <= index < len(self):
        raise IndexError(f"no sample {index} among {len(self)}")
    return tuple(tensor[index : index + 1] for tensor in self.tensors)
