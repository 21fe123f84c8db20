"""Keeps the diagonal only.

breaks: 12-02-softmax-slopes
"""
def softmax_slopes(weights):
    return np.diag(weights * (1 - weights))
