"""Does not make tensors of arrays.

breaks: 05-01-tensordataset-init
hidden: yes
"""
#| exporti
@method_of(TensorDataset)
def __init__(self, *tensors):
    if not tensors:
        raise ValueError("no tensor")

    lengths = [len(tensor) for tensor in tensors]
    if len(set(lengths)) > 1:
        raise ValueError(f"lengths {lengths}")
    self.tensors = tensors
