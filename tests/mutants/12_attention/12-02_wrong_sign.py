"""The sign is turned round.

breaks: 12-02-softmax-slopes
"""
def softmax_slopes(weights):
    return np.outer(weights, weights) - np.diag(weights)
