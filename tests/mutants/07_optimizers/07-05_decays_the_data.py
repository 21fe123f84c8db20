"""Decays the parameter on the way.

breaks: 07-05-decayed-gradient
hidden: yes
"""
#| export
def decayed_gradient(param, weight_decay):
    if weight_decay == 0:
        return param.grad
    param.data *= 1
    grad = param.grad + weight_decay * param.data
    param.data -= weight_decay * param.data
    return grad
