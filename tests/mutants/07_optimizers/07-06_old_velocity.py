"""Steps by the velocity from before this step.

breaks: 07-06-sgd-update
"""
#| exporti
@method_of(SGD)
def update(self, param, state):
    grad = decayed_gradient(param, self.weight_decay)
    if self.momentum:
        velocity = state.get("velocity", np.zeros_like(grad))
        state["velocity"] = self.momentum * velocity + grad
        grad = velocity
    param.data -= self.lr * grad
