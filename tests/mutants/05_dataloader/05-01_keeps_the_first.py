"""Keeps the first tensor only.

breaks: 05-01-tensordataset-init
"""
#| exporti
@method_of(TensorDataset)
def __init__(self, *tensors):
    if not tensors:
        raise ValueError("no tensor")
    self.tensors = tuple(tensor if isinstance(tensor, Tensor) else Tensor(tensor) for tensor in tensors)

    if len({len(tensor) for tensor in self.tensors}) > 1:
        raise ValueError(f"lengths {[len(tensor) for tensor in self.tensors]}")
    self.tensors = self.tensors[:1]
