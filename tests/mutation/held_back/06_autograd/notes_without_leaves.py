"""Another shape of a mistake, or another mistake.

breaks: 06-02-function
means: 06-02_grad_fn_only
"""


class Function:
    __slots__ = ("next_functions", "shapes", "saved_tensors", "__dict__")
    retained = None

    def __init__(self, *tensors):
        functions, shapes = (), ()
        for t in tensors:
            functions += (getattr(t, "_grad_fn", None),)
            shapes += (t.data.shape,)
        self.next_functions = functions
        self.shapes = shapes
        self.saved_tensors = tuple(tensors)

    def apply(self, grad_output):
        raise TypeError(f"{type(self).__name__} has no rule: it needs an apply method")
