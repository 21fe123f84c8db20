"""Raises an error that does not name the lengths.

breaks: 05-01-tensordataset-init
"""
#| exporti
@method_of(TensorDataset)
def __init__(self, *tensors):
    if not tensors:
        raise ValueError("no tensor")
    self.tensors = tuple(tensor if isinstance(tensor, Tensor) else Tensor(tensor) for tensor in tensors)

    if len({len(tensor) for tensor in self.tensors}) > 1:
        raise ValueError("size mismatch between tensors")
