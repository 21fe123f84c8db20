"""Adds the old velocity to the gradient itself.

breaks: 07-06-sgd-update
"""
#| exporti
@method_of(SGD)
def update(self, param, state):
    grad = decayed_gradient(param, self.weight_decay)
    if self.momentum:
        if "velocity" in state:
            grad += self.momentum * state["velocity"]
        state["velocity"] = grad.copy()
    param.data -= self.lr * grad
