"""Always minus lr.

breaks: 07-12-first-step
hidden: yes
"""
def first_step(grad, lr, eps):
    return -lr
