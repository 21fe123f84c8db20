"""Asks an array whether it is true: a gradient without axes that is 0 counts as none.

breaks: 07-04-step
hidden: yes
"""
#| exporti
@method_of(Optimizer)
def step(self):
    for param, state in zip(self.params, self.state):
        if param.grad is not None and (param.grad.ndim or param.grad):
            self.update(param, state)


@method_of(Optimizer)
def zero_grad(self):
    for param in self.params:
        param.grad = None
