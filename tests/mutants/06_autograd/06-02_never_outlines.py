"""Keeps every tensor whole, whatever the class says.

breaks: 06-02-function
"""
#| export
class Function:
    """One operation that was carried out: what its rule has to remember, and the rule itself.

    Parameters
    ----------
    *tensors : Tensor
        The inputs of the operation, in order. They are kept in `saved_tensors`, a tuple. If the class says
        ``reads_inputs = False``, the tuple holds `outline(tensor)` of each instead: no array is kept alive.
    """

    __slots__ = ("saved_tensors", "shape", "__dict__")
    reads_inputs = True  # does the rule read the numbers of its inputs?
    makes_new_arrays = False  # is every array that the rule returns a new one, which nobody else holds?
    requires_grad = True  # an operation can stand in for its result (see `outline`), which wants a gradient
    retained = None  # a weak reference to the result, if `retain_grad` was called on it

    def __init__(self, *tensors):
        self.saved_tensors = tensors

    def apply(self, grad_output):
        """The rule: from dL/d(result), an array, to a tuple with dL/d(input) for each saved tensor.

        Each gradient has the shape of its input and the dtype of grad_output; None where the input wants none.
        `grad_output` is not changed. Every operation brings its own; here a TypeError is raised that names the class.
        """
        raise TypeError(f"{type(self).__name__} has no rule: it needs an apply method")

    @property
    def _grad_fn(self):
        return self

    @property
    def data(self):
        raise AttributeError(
            "an outline keeps no numbers: the class says reads_inputs = False, or the gradient is not wanted"
        )
