"""Goes through the parameters twice, which a generator does not allow.

breaks: 07-03-optimizer-init
hidden: yes
"""
#| exporti
@method_of(Optimizer)
def __init__(self, params, lr):
    for param in params:
        if not isinstance(param, Tensor):
            raise TypeError(f"not a Tensor: {type(param).__name__}")
        if not param.requires_grad or param._grad_fn is not None:
            raise ValueError("a parameter requires no gradient")
    self.params = []
    for param in params:
        if not any(param is other for other in self.params):
            self.params.append(param)
    if not self.params:
        raise ValueError("no parameters")
    if not lr > 0:
        raise ValueError(f"lr is {lr}")
    self.lr, self.state = float(lr), [{} for _ in self.params]
