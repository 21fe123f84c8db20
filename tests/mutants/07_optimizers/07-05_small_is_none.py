"""Takes a small decay for none.

breaks: 07-05-decayed-gradient
hidden: yes
"""
#| export
def decayed_gradient(param, weight_decay):
    if weight_decay < 1e-8:
        return param.grad
    return param.grad + weight_decay * param.data
