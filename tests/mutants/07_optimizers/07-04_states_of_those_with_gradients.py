"""Hands the dictionaries to the parameters with a gradient in turn.

breaks: 07-04-step
"""
#| exporti
@method_of(Optimizer)
def step(self):
    for param, state in zip([p for p in self.params if p.grad is not None], self.state):
        self.update(param, state)


@method_of(Optimizer)
def zero_grad(self):
    for param in self.params:
        param.grad = None
