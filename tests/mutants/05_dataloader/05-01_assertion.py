"""Uses assert: another kind of error.

breaks: 05-01-tensordataset-init
"""
#| exporti
@method_of(TensorDataset)
def __init__(self, *tensors):
    if not tensors:
        raise ValueError("no tensor")
    self.tensors = tuple(tensor if isinstance(tensor, Tensor) else Tensor(tensor) for tensor in tensors)

    lengths = [len(tensor) for tensor in self.tensors]
    assert len(set(lengths)) == 1, f"lengths {lengths}"
