"""Adds into the caller's gradient.

breaks: 07-05-decayed-gradient
"""
#| export
def decayed_gradient(param, weight_decay):
    if weight_decay == 0:
        return param.grad
    param.grad += weight_decay * param.data
    return param.grad
