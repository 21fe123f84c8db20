"""Makes another dictionary instead of filling the one that was handed in.

breaks: 07-08-adam-step
"""
#| export
def adam_step(data, grad, state, lr, betas, eps):
    beta1, beta2 = betas
    if not state:
        state = {"step": 0, "mean": np.zeros_like(data), "square": np.zeros_like(data)}
    state["step"] += 1
    mean, square, step = state["mean"], state["square"], state["step"]
    mean *= beta1
    mean += (1 - beta1) * grad
    square *= beta2
    square += (1 - beta2) * grad * grad
    scale = np.sqrt(square / (1 - beta2**step)) + eps
    data -= lr / (1 - beta1**step) * mean / scale
