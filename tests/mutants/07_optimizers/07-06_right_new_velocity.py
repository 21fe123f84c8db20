"""Makes a new velocity each time, and subtracts with NumPy's out.

right: 07-06-sgd-update
"""
#| exporti
@method_of(SGD)
def update(self, param, state):
    grad = decayed_gradient(param, self.weight_decay)
    if self.momentum != 0:
        old = state.get("velocity")
        state["velocity"] = np.array(grad) if old is None else np.asarray(self.momentum * old + grad)
        grad = state["velocity"]
    np.subtract(param.data, self.lr * grad, out=param.data)
