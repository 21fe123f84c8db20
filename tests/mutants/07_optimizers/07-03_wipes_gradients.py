"""Forgets the gradients that the parameters have already.

breaks: 07-03-optimizer-init
hidden: yes
"""
#| exporti
@method_of(Optimizer)
def __init__(self, params, lr):
    self.params = []
    for param in params:
        if not isinstance(param, Tensor):
            raise TypeError(f"an optimizer takes Tensors, for example net.parameters(), not a {type(param).__name__}")
        if not param.requires_grad or param._grad_fn is not None:
            raise ValueError(f"a parameter of shape {param.shape} requires no gradient: it could never be learned")
        if not any(param is other for other in self.params):
            param.grad = None
            self.params.append(param)
    if not self.params:
        raise ValueError("an optimizer needs at least one parameter")
    if not lr > 0:
        raise ValueError(f"the learning rate should be above 0, not {lr}")
    self.lr = float(lr)
    self.state = [{} for _ in self.params]
