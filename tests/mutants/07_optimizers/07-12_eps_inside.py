"""With eps under the root.

breaks: 07-12-first-step
hidden: yes
"""
def first_step(grad, lr, eps):
    return -lr * grad / (grad * grad + eps) ** 0.5
