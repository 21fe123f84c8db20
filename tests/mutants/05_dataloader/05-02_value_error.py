"""Raises ValueError, so a loop over the data set never ends well.

breaks: 05-02-tensordataset-getitem
"""
#| exporti
@method_of(TensorDataset)
def __getitem__(self, index):
    if not -len(self) <= index < len(self):
        raise ValueError(f"no sample {index} among {len(self)}")
    return tuple(tensor[index] for tensor in self.tensors)
