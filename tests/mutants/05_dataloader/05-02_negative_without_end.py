"""Negative indices are not checked and wrap around.

breaks: 05-02-tensordataset-getitem
hidden: yes
"""
#| exporti
@method_of(TensorDataset)
def __getitem__(self, index):
    if index >= len(self):
        raise IndexError(f"no sample {index} among {len(self)}")
    return tuple(tensor[index % len(self)] for tensor in self.tensors)
