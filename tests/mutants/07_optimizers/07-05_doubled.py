"""The slope of weight_decay times w squared.

breaks: 07-05-decayed-gradient
"""
#| export
def decayed_gradient(param, weight_decay):
    if weight_decay == 0:
        return param.grad
    return param.grad + 2 * weight_decay * param.data
