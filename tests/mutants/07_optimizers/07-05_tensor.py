"""Computes with the Tensor, and gets a Tensor.

breaks: 07-05-decayed-gradient
"""
#| export
def decayed_gradient(param, weight_decay):
    if weight_decay == 0:
        return param.grad
    return param.grad + weight_decay * param
