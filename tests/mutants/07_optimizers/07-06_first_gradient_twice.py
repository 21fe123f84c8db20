"""Counts the first gradient twice: as the first velocity, and once more on top.

breaks: 07-06-sgd-update
"""
#| exporti
@method_of(SGD)
def update(self, param, state):
    grad = decayed_gradient(param, self.weight_decay)
    if self.momentum:
        velocity = state.setdefault("velocity", grad.copy())
        velocity *= self.momentum
        velocity += grad
        grad = velocity
    param.data -= self.lr * grad
