"""Updates parameters without a gradient too.

breaks: 07-04-step
"""
#| exporti
@method_of(Optimizer)
def step(self):
    for param, state in zip(self.params, self.state):
        if True:
            self.update(param, state)


@method_of(Optimizer)
def zero_grad(self):
    for param in self.params:
        param.grad = None
