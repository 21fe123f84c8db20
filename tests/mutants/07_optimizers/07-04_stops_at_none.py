"""Stops at the first parameter without a gradient.

breaks: 07-04-step
"""
#| exporti
@method_of(Optimizer)
def step(self):
    for param, state in zip(self.params, self.state):
        if param.grad is None:
            break
        self.update(param, state)


@method_of(Optimizer)
def zero_grad(self):
    for param in self.params:
        param.grad = None
