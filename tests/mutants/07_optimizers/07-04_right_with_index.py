"""Counts through the lists.

right: 07-04-step
"""
#| exporti
@method_of(Optimizer)
def step(self):
    for k in range(len(self.params)):
        if self.params[k].grad is None:
            continue
        self.update(self.params[k], self.state[k])


@method_of(Optimizer)
def zero_grad(self):
    for param in self.params:
        param.grad = None
