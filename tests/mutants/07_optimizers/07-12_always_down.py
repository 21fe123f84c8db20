"""Always minus lr.

breaks: 07-12-first-step
"""
def first_step(grad, lr, eps):
    return -lr
