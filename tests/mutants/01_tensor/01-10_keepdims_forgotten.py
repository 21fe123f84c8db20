"""Does not pass keepdims on.

breaks: 01-10-mean
"""
#| exporti
@method_of(Tensor)
def mean(self, axis=None, keepdims=False):
    total = self.sum(axis=axis)
    return total / (self.data.size / total.data.size)
