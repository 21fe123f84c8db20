"""Keeps the velocity in float64, whatever dtype the parameter has.

breaks: 07-06-sgd-update
hidden: yes
"""
#| exporti
@method_of(SGD)
def update(self, param, state):
    grad = decayed_gradient(param, self.weight_decay)
    if self.momentum:
        before = state.get("velocity", np.zeros(param.shape))
        state["velocity"] = np.asarray(self.momentum * before + grad, np.float64)
        grad = state["velocity"]
    param.data -= self.lr * grad
