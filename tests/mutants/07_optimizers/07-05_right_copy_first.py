"""Copies, then adds in place.

right: 07-05-decayed-gradient
"""
#| export
def decayed_gradient(param, weight_decay):
    if weight_decay == 0:
        return param.grad
    grad = np.array(param.grad)
    grad += weight_decay * param.data
    return grad
