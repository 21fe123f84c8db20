"""Records a note even if no input requires a gradient.

breaks: 06-22-tracked
"""
#| exporti
def tracked(forward, rule):
    """`forward`, an operation on two tensors, with recording added.

    Parameters
    ----------
    forward : function
        The method as it is: ``forward(a, b)`` returns the result, or NotImplemented.
    rule : type
        The Function of the operation: ``rule(a, b)`` makes the note.

    Returns
    -------
    function
        ``method(self, other)``: calls `forward` once and returns its result, NotImplemented too. The result is recorded
        if one of the two tensors requires a gradient, unless it does so already or `no_grad` is on. An operand that is
        not a Tensor becomes one by `constant`, for the note.
    """

    def method(self, other):
        result = forward(self, other)
        if no_grad.depth or result is NotImplemented or result.requires_grad:
            return result
        other = other if isinstance(other, Tensor) else constant(other, self)
        return record(result, rule(self, other))

    return method
