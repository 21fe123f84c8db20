"""Another shape of a mistake, or another mistake.

breaks: 06-22-tracked
means: 06-22_always_recorded
"""


def tracked(forward, rule):
    def method(self, other):
        result = forward(self, other)
        if result is NotImplemented or no_grad.depth > 0 or result.requires_grad:
            return result
        if not isinstance(other, Tensor):
            other = constant(other, self)
        return record(result, rule(self, other))

    return method
