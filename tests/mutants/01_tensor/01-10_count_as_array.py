"""Divides by an integer array, which makes float64 of float32.

breaks: 01-10-mean
"""
#| exporti
@method_of(Tensor)
def mean(self, axis=None, keepdims=False):
    total = self.sum(axis=axis, keepdims=keepdims)
    return total / np.array(self.data.size / total.data.size)
