"""Unpacks two inputs, as if every operation had two.

breaks: 06-02-function
"""
#| export
class Function:
    """A note: one operation that was carried out, what its rule has to remember, and the rule itself.

    Parameters
    ----------
    *tensors : Tensor
        The inputs of the operation, in order.

    Attributes
    ----------
    next_functions : tuple
        `edge(tensor)` of each input: where its gradient goes.
    shapes : tuple of tuple
        The shape of each input.
    saved_tensors : tuple of Tensor
        The inputs themselves: what the rule may read.
    """

    __slots__ = ("next_functions", "shapes", "saved_tensors", "__dict__")
    retained = None  # a weak reference to the result, if `retain_grad` was called on it

    def __init__(self, *tensors):
        a, b = tensors
        self.next_functions = edge(a), edge(b)
        self.shapes = a.shape, b.shape
        self.saved_tensors = a, b

    def apply(self, grad_output):
        """The rule: from dL/d(result), an array, to a tuple with dL/d(input) for each input.

        Each gradient is an array in the dtype of `grad_output`, in the shape of its input or, where NumPy stretched
        that input, of the result; None where the input wants none. `grad_output` is not changed.
        """
        raise TypeError(f"{type(self).__name__} has no rule: it needs an apply method")
