"""Ignores weight decay.

breaks: 07-06-sgd-update
"""
#| exporti
@method_of(SGD)
def update(self, param, state):
    grad = param.grad
    if self.momentum:
        if "velocity" in state:
            state["velocity"] *= self.momentum
            state["velocity"] += grad
        else:
            state["velocity"] = grad.copy()
        grad = state["velocity"]
    param.data -= self.lr * grad
