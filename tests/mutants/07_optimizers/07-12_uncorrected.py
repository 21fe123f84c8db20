"""With the usual betas and without the corrections.

breaks: 07-12-first-step
"""
def first_step(grad, lr, eps):
    return -lr * 0.1 * grad / ((0.001 * grad * grad) ** 0.5 + eps)
