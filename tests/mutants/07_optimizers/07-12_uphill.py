"""The step that is taken away, with its sign forgotten.

breaks: 07-12-first-step
"""
def first_step(grad, lr, eps):
    return lr * grad / (abs(grad) + eps)
