"""Looks ahead.

breaks: 07-06-sgd-update
"""
#| exporti
@method_of(SGD)
def update(self, param, state):
    grad = decayed_gradient(param, self.weight_decay)
    if self.momentum:
        if "velocity" in state:
            state["velocity"] *= self.momentum
            state["velocity"] += grad
        else:
            state["velocity"] = grad.copy()
        grad = grad + self.momentum * state["velocity"]
    param.data -= self.lr * grad
