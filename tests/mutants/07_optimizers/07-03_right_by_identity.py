"""A dictionary by id keeps each once.

right: 07-03-optimizer-init
"""
#| exporti
@method_of(Optimizer)
def __init__(self, params, lr):
    unique = {id(param): param for param in params}
    kept = list(unique.values())
    if len(kept) == 0:
        raise ValueError("there is nothing to learn")
    for param in kept:
        if not isinstance(param, Tensor):
            raise TypeError("expected a Tensor, got " + type(param).__name__)
        if not param.requires_grad or param._grad_fn is not None:
            raise ValueError("requires_grad is False")
    if not lr > 0:
        raise ValueError("lr has to be above 0: " + str(lr))
    self.params, self.lr = kept, float(lr)
    self.state = [dict() for _ in kept]
