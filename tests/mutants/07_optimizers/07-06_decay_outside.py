"""Decays the parameter itself, past the momentum.

breaks: 07-06-sgd-update
"""
#| exporti
@method_of(SGD)
def update(self, param, state):
    grad = param.grad
    param.data *= 1 - self.lr * self.weight_decay
    if self.momentum:
        if "velocity" in state:
            state["velocity"] *= self.momentum
            state["velocity"] += grad
        else:
            state["velocity"] = grad.copy()
        grad = state["velocity"]
    param.data -= self.lr * grad
