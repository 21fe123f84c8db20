"""Compares in a loop and keeps a list.

right: 05-01-tensordataset-init
"""
#| exporti
@method_of(TensorDataset)
def __init__(self, *tensors):
    self.tensors = []
    for tensor in tensors:
        if type(tensor) is np.ndarray:
            tensor = Tensor(tensor)
        if self.tensors and tensor.shape[0] != self.tensors[0].shape[0]:
            raise ValueError("one has %d rows, another has %d" % (self.tensors[0].shape[0], tensor.shape[0]))
        self.tensors.append(tensor)
    if len(self.tensors) == 0:
        raise ValueError("at least one tensor is needed")
