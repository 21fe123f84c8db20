"""Refuses to count from the end.

breaks: 05-02-tensordataset-getitem
hidden: yes
"""
#| exporti
@method_of(TensorDataset)
def __getitem__(self, index):
    if not 0 <= index < len(self):
        raise IndexError(f"no sample {index} among {len(self)}")
    return tuple(tensor[index] for tensor in self.tensors)
