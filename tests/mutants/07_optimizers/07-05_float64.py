"""Computes in float64.

breaks: 07-05-decayed-gradient
hidden: yes
"""
#| export
def decayed_gradient(param, weight_decay):
    if weight_decay == 0:
        return param.grad
    return np.asarray(param.grad, np.float64) + weight_decay * param.data
