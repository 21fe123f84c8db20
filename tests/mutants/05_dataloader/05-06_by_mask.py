"""Uses a mask of True and False, which knows neither order nor repetition.

breaks: 05-06-gather
hidden: yes
"""
#| exporti
@method_of(TensorDataset)
def gather(self, indices):
    mask = np.zeros(self.tensors[0].shape[0], bool)
    mask[indices] = True
    return tuple(tensor[mask] for tensor in self.tensors)
