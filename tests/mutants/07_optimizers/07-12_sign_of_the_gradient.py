"""Forgets eps.

breaks: 07-12-first-step
hidden: yes
"""
def first_step(grad, lr, eps):
    return -lr * (grad > 0) + lr * (grad < 0)
