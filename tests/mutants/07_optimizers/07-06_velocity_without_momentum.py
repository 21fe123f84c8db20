"""Keeps a velocity without momentum too.

breaks: 07-06-sgd-update
"""
#| exporti
@method_of(SGD)
def update(self, param, state):
    grad = decayed_gradient(param, self.weight_decay)
    if True:
        if "velocity" in state:
            state["velocity"] *= self.momentum
            state["velocity"] += grad
        else:
            state["velocity"] = grad.copy()
        grad = state["velocity"]
    param.data -= self.lr * grad
