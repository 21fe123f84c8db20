"""Keeps the corrected averages, so that they are corrected again at the next step.

breaks: 07-08-adam-step
"""
#| export
def adam_step(data, grad, state, lr, betas, eps):
    beta1, beta2 = betas
    if not state:
        state.update(step=0, mean=np.zeros_like(data), square=np.zeros_like(data))
    state["step"] += 1
    step = state["step"]
    state["mean"] = (beta1 * state["mean"] + (1 - beta1) * grad) / (1 - beta1**step)
    state["square"] = (beta2 * state["square"] + (1 - beta2) * grad * grad) / (1 - beta2**step)
    data -= lr * state["mean"] / (np.sqrt(state["square"]) + eps)
