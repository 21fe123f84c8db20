"""Writes everything into one condition.

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
        wanted = any(isinstance(t, Tensor) and t.requires_grad for t in (self, other))
        if wanted and not no_grad.depth and result is not NotImplemented and not result.requires_grad:
            inputs = [t if isinstance(t, Tensor) else constant(t, self) for t in (self, other)]
            return record(result, rule(*inputs))
        return result

    return method
