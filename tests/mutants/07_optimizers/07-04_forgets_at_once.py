"""Forgets the gradient after the update.

breaks: 07-04-step
hidden: yes
"""
#| exporti
@method_of(Optimizer)
def step(self):
    for param, state in zip(self.params, self.state):
        if param.grad is not None:
            self.update(param, state)
            param.grad = None


@method_of(Optimizer)
def zero_grad(self):
    for param in self.params:
        param.grad = None
