"""The rule for one step, with any betas.

right: 07-12-first-step
"""
def first_step(grad, lr, eps):
    mean, square = 0.5 * grad / 0.5, 0.25 * grad**2 / 0.25
    return -(lr * mean) / (square**0.5 + eps)
