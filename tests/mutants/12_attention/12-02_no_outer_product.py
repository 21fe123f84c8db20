"""Forgets what is subtracted.

breaks: 12-02-softmax-slopes
"""
def softmax_slopes(weights):
    return np.diag(weights)
