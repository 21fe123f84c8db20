"""Keeps no velocity for the next step.

breaks: 07-06-sgd-update
"""
#| exporti
@method_of(SGD)
def update(self, param, state):
    grad = decayed_gradient(param, self.weight_decay)
    velocity = self.momentum * state["velocity"] + grad if "velocity" in state else grad.copy()
    param.data -= self.lr * velocity
