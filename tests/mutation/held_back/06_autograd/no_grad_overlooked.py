"""Another shape of a mistake, or another mistake.

breaks: 06-22-tracked
means: 06-22_no_grad_ignored
"""


def tracked(forward, rule):
    def method(self, other):
        result = forward(self, other)
        if result is NotImplemented:
            return NotImplemented
        if result.requires_grad:
            return result
        wants = self.requires_grad or (isinstance(other, Tensor) and other.requires_grad)
        if not wants:
            return result
        if not isinstance(other, Tensor):
            other = constant(other, self)
        node = rule(self, other)
        return record(result, node)

    return method
