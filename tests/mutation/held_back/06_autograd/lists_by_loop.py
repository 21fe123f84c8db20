"""Another shape of a mistake, or another mistake.

breaks: 06-02-function
means: 06-02_lists
"""


class Function:
    __slots__ = ("next_functions", "shapes", "saved_tensors", "__dict__")
    retained = None

    def __init__(self, *tensors):
        self.next_functions, self.shapes, self.saved_tensors = [], [], []
        for t in tensors:
            self.next_functions.append(edge(t))
            self.shapes.append(t.shape)
            self.saved_tensors.append(t)

    def apply(self, grad_output):
        raise TypeError(f"{type(self).__name__} has no rule: it needs an apply method")
