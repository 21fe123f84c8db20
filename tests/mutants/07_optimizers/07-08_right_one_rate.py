"""Puts both corrections into the rate, as the paper's second form does, with eps scaled to match.

right: 07-08-adam-step
"""
#| export
def adam_step(data, grad, state, lr, betas, eps):
    beta1, beta2 = betas
    t = state["step"] = state.get("step", 0) + 1
    m = beta1 * state.get("mean", np.zeros_like(data)) + (1 - beta1) * grad
    v = beta2 * state.get("square", np.zeros_like(data)) + (1 - beta2) * np.square(grad)
    state["mean"], state["square"] = np.asarray(m, data.dtype), np.asarray(v, data.dtype)
    root = (1 - beta2**t) ** 0.5
    data -= lr * root / (1 - beta1**t) * m / (np.sqrt(v) + eps * root)
