"""Returns early, one reason after the other.

right: 06-22-tracked
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
        if result is NotImplemented:
            return NotImplemented
        if no_grad.depth > 0:
            return result
        if result._grad_fn is not None or result.requires_grad:
            return result
        second = other
        if not isinstance(second, Tensor):
            second = constant(second, self)
        if not (self.requires_grad or second.requires_grad):
            return result
        return record(result, rule(self, second))

    return method
