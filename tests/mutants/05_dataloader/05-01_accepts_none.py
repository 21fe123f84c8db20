"""Accepts a data set without tensors.

breaks: 05-01-tensordataset-init
hidden: yes
"""
#| exporti
@method_of(TensorDataset)
def __init__(self, *tensors):
    self.tensors = tuple(tensor if isinstance(tensor, Tensor) else Tensor(tensor) for tensor in tensors)

    lengths = [len(tensor) for tensor in self.tensors]
    if len(set(lengths)) > 1:
        raise ValueError(f"lengths {lengths}")
