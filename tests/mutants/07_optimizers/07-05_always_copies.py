"""Makes a new array where nothing is added.

breaks: 07-05-decayed-gradient
"""
#| export
def decayed_gradient(param, weight_decay):
    return param.grad + weight_decay * param.data
