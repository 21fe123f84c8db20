"""Wants equal shapes, not equal lengths.

breaks: 05-01-tensordataset-init
"""
#| exporti
@method_of(TensorDataset)
def __init__(self, *tensors):
    if not tensors:
        raise ValueError("no tensor")
    self.tensors = tuple(tensor if isinstance(tensor, Tensor) else Tensor(tensor) for tensor in tensors)

    if any(tensor.shape != self.tensors[0].shape for tensor in self.tensors):
        raise ValueError(f"lengths {[len(tensor) for tensor in self.tensors]}")
