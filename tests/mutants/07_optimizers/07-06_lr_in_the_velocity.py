"""Keeps the learning rate in the velocity.

breaks: 07-06-sgd-update
"""
#| exporti
@method_of(SGD)
def update(self, param, state):
    grad = decayed_gradient(param, self.weight_decay)
    if self.momentum:
        if "velocity" in state:
            state["velocity"] *= self.momentum
            state["velocity"] += self.lr * grad
        else:
            state["velocity"] = self.lr * grad
        grad = state["velocity"]
    param.data -= grad
